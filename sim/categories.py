"""The trades a tenant can be in; order is fixed, arrays are indexed by it."""

from __future__ import annotations

CATEGORIES = (
    "fashion",
    "footwear",
    "beauty",
    "accessories",  # jewellery, watches, eyewear, bags
    "electronics",
    "home",
    "books",  # books, toys, stationery, gifts
    "kids",
    "sport",
    "supermarket",
    "department",  # department store, the classic anchor
    "restaurant",  # table service
    "fast_food",  # counter service, food court
    "cafe",  # drinks, snacks, bakery, ice cream
    "cinema",
    "leisure",  # arcade, KTV, gym, playground
    "services",  # bank, hairdresser, repairs, travel
)
CATEGORY_INDEX = {name: index for index, name in enumerate(CATEGORIES)}
FOOD = ("restaurant", "fast_food", "cafe")

# Kinds of trades that go together, coarser than categories: what profiles by group tell apart.
GROUPS = {
    "food": ("supermarket", "restaurant", "fast_food", "cafe"),
    "fashion": ("fashion", "footwear", "beauty", "accessories", "department"),
    "home_tech": ("electronics", "home", "books"),
    "family": ("kids", "sport"),
    "leisure": ("cinema", "leisure"),
    "services": ("services",),
}
GROUP_OF = {trade: group for group, trades in GROUPS.items() for trade in trades}
