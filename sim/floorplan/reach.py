"""What of a plan a visitor can get to: pieces of walkable floor joined by connectors, from the entrances and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx
import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from sim.floorplan.plan import Connector, Entrance
from sim.floorplan.repair import parts_by_area

TOUCH_M = 0.5  # a door, stop or entrance this close to a piece of floor stands on it

Piece = tuple[str, int]  # level id, number of the piece in `parts_by_area`


class Pieces:
    """The connected pieces of every level's walkable floor."""

    def __init__(self, walkable: Mapping[str, BaseGeometry]) -> None:
        self.parts = {level: parts_by_area(floor) for level, floor in walkable.items()}
        self._arrays = {level: np.array(parts, dtype=object) for level, parts in self.parts.items()}

    def at(self, level: str, geometry: BaseGeometry, touch_m: float = TOUCH_M) -> Piece | None:
        """Return the piece nearest to a shape, None when all are farther than `touch_m`."""
        parts = self._arrays.get(level)
        if parts is None or not len(parts):
            return None
        away = shapely.distance(parts, geometry)
        index = int(np.argmin(away))
        return (level, index) if away[index] <= touch_m else None

    def touching(self, level: str, geometry: BaseGeometry, touch_m: float = TOUCH_M) -> list[Piece]:
        """Return all pieces within `touch_m` of a shape."""
        parts = self._arrays.get(level)
        if parts is None or not len(parts):
            return []
        return [(level, int(index)) for index in np.flatnonzero(shapely.distance(parts, geometry) <= touch_m)]


def reachable(pieces: Pieces, connectors: Iterable[Connector], entrances: Iterable[Entrance]) -> set[Piece]:
    """Return the pieces that one can walk and ride to from an entrance, and leave again by one."""
    doors = {piece for door in entrances if (piece := pieces.at(door.level, Point(door.x_m, door.y_m)))}
    if not doors:
        return set()
    graph = _graph(pieces, connectors)
    graph.add_edges_from(("street", door) for door in doors)
    graph.add_edges_from((door, "home") for door in doors)
    found: set[Piece] = networkx.descendants(graph, "street") & networkx.ancestors(graph, "home")
    return found


def joined(pieces: Pieces, connectors: Iterable[Connector], among: set[Piece]) -> list[set[Piece]]:
    """Return the groups of pieces that connectors join, the one with most floor first."""
    graph = _graph(pieces, connectors).subgraph(among)
    groups: list[set[Piece]] = [set(group) for group in networkx.weakly_connected_components(graph)]
    return sorted(groups, key=lambda group: (-sum(pieces.parts[level][index].area for level, index in group), min(group)))


def _graph(pieces: Pieces, connectors: Iterable[Connector]) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_nodes_from((level, index) for level, parts in pieces.parts.items() for index in range(len(parts)))
    for connector in connectors:
        stops = [pieces.at(stop.level, Point(stop.x_m, stop.y_m)) for stop in connector.stops]
        for start, a in enumerate(stops):
            for b in stops[start + 1 :]:
                if a is None or b is None:
                    continue
                graph.add_edge(a, b)
                if connector.kind != "escalator":
                    graph.add_edge(b, a)
    return graph
