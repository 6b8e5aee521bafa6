"""Invented names for the tenants of a generated mall: no real brand, none twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.random_streams import stream_key, uniforms

# fmt: off
STEMS = (
    "Aldermoor", "Amberlyn", "Ardenne", "Ashgrove", "Averill", "Bellwyn", "Birchley", "Bramwick", "Brisel", "Calvanne",
    "Carrowby", "Cedarlin", "Chiselwood", "Clairmoor", "Corbelle", "Dalloway", "Dorvane", "Driftmere", "Eastlyn",
    "Elderfay", "Elmstead", "Embervale", "Fairlocke", "Fennorie", "Fernhollow", "Galdine", "Glasswell", "Goldcrest",
    "Greywick", "Halcyra", "Harrowby", "Hazelmoor", "Hestrel", "Hollowell", "Ironbell", "Ivoreen", "Jasperly",
    "Jorvane", "Junelle", "Kestlin", "Kindlewood", "Larkmoor", "Lindenby", "Lorimelle", "Lumora", "Maplewyn",
    "Marlowen", "Meadowlin", "Mirabeth", "Moorland", "Nerolle", "Nightjar", "Northlyn", "Oakhaven", "Ombrelle",
    "Orchardby", "Ostrelle", "Pebbleton", "Pellamy", "Pinecroft", "Quillon", "Rainsford", "Ravelin", "Ridgeway",
    "Rosmere", "Rowanlea", "Sablewood", "Selwyck", "Silverlin", "Sorrelby", "Stonelark", "Sunnivale", "Tamsole",
    "Thistlewood", "Tidewater", "Tolliver", "Ulvane", "Umberly", "Valloire", "Verrick", "Violetta", "Wainscot",
    "Waterlyn", "Westerly", "Whitlow", "Wildmoor", "Willowby", "Windermoor", "Wrenfield", "Wyncote", "Yarrowby",
    "Yewdale", "Zephine",
)
# fmt: on

SIGNS: dict[str, tuple[str, ...]] = {
    "fashion": ("", "& Daughter", "Atelier", "Menswear", "Studio", "Denim", "Knitwear", "& Co", "Tailors", "Womenswear"),
    "footwear": ("Shoes", "Footwear", "Sneakers", "Bootmakers"),
    "beauty": ("Beauty", "Skincare", "Perfumes", "Cosmetics"),
    "accessories": ("Jewellers", "Eyewear", "Watches", "Leather Bags", "Silver"),
    "electronics": ("Digital", "Phones", "Audio", "Cameras"),
    "home": ("Home", "Ceramics", "Bedding", "Kitchenware"),
    "books": ("Books", "Toys", "Stationery", "Gifts"),
    "kids": ("Kids", "Baby", "Juniors", "Little Ones"),
    "sport": ("Sports", "Outdoor", "Running", "Cycling"),
    "restaurant": (
        "Hotpot",
        "Noodle House",
        "Grill",
        "Dim Sum",
        "Kitchen",
        "Seafood",
        "Sushi",
        "Roast Duck",
        "Curry House",
        "Bistro",
        "Barbecue",
        "Dumplings",
    ),
    "fast_food": ("Noodles", "Burgers", "Rice Bowls", "Wraps", "Fried Chicken", "Skewers", "Soups", "Salads", "Congee"),
    "cafe": ("Coffee", "Tea", "Bakery", "Gelato", "Juice", "Patisserie"),
    "leisure": ("Arcade", "Karaoke", "Gym", "Playland", "Escape Rooms", "Bowling"),
    "services": ("Hair", "Travel", "Bank", "Nails", "Optician", "Repairs", "Pharmacy"),
    "supermarket": ("Hypermarket",),
    "department": ("Department Store",),
    "cinema": ("Cinemas",),
}
ANCHOR_SIGNS = {
    "fashion": "Apparel",
    "home": "Home Store",
    "sport": "Sports Hall",
    "kids": "Kids World",
    "books": "Bookstore",
    "leisure": "Adventure Park",
}
SMALL_SIGNS = {
    "leisure": ("Claw Machines", "Board Games", "Crafts", "Photo Booths", "Singing Booths")
}  # where a gym does not fit
SMALL_M2 = 120.0
PIZZA_NAME = "Forno Vivace Pizza"


def names_for(seed: int, categories: Sequence[str], areas_m2: Sequence[float], anchors: Sequence[bool]) -> list[str]:
    """Return an invented name for each tenant, fitting its category, none twice; neighbours do not share a first word."""
    used: set[str] = {PIZZA_NAME}
    counts: dict[str, int] = {}
    names: list[str] = []
    order = np.argsort(uniforms(stream_key(seed, "generate name"), np.arange(len(STEMS)), 0), kind="stable")
    place = 0
    for category, area_m2, anchor in zip(categories, areas_m2, anchors, strict=True):
        signs = SMALL_SIGNS.get(category, SIGNS[category]) if area_m2 < SMALL_M2 else SIGNS[category]
        signs = (ANCHOR_SIGNS[category],) if anchor and category in ANCHOR_SIGNS else signs
        at = counts.get(category, 0)
        counts[category] = at + 1
        name, tries = "", 0
        while not name or name in used:
            stem, sign = STEMS[int(order[place % len(STEMS)])], signs[(at + tries // len(STEMS)) % len(signs)]
            series = tries // (len(STEMS) * len(signs))  # a mall with more shops of a category than names numbers them
            name = f"{stem} {sign}".strip() + (f" {series + 1}" if series else "")
            place, tries = place + 1, tries + 1
        used.add(name)
        names.append(name)
    return names
