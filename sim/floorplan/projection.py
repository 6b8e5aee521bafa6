"""Longitude and latitude to local metres, true to length within a few parts in a million over a mall."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

SEMI_MAJOR_M = 6_378_137.0  # WGS 84
ECCENTRICITY_2 = 6.694379990141e-3


class LocalMetres:
    """An equirectangular projection about a point, with the ellipsoid's radii of curvature there; x east, y north."""

    def __init__(self, longitude: float, latitude: float) -> None:
        sine = math.sin(math.radians(latitude))
        root = math.sqrt(1.0 - ECCENTRICITY_2 * sine * sine)
        meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / root**3
        normal_m = SEMI_MAJOR_M / root
        self._origin = np.array([longitude, latitude])
        self._metres = np.radians(1.0) * np.array([normal_m * math.cos(math.radians(latitude)), meridian_m])

    @classmethod
    def about(cls, shapes: list[BaseGeometry]) -> LocalMetres:
        """Return the projection whose origin is the lower left corner of the shapes."""
        bounds = shapely.total_bounds(np.array(shapes, dtype=object))
        return cls(float(bounds[0]), float(bounds[1]))

    def __call__(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, lambda lonlat: (lonlat - self._origin) * self._metres)


def looks_like_lonlat(shapes: list[BaseGeometry]) -> bool:
    """Tell whether shapes can be longitude and latitude of one building: on the globe and less than a degree across."""
    if not shapes:
        return False
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90 and east - west < 1 and north - south < 1)
