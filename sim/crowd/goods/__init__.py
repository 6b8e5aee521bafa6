"""Goods: articles with tags, prices, sizes and stock; what a party finds, tries on, buys and brings back."""
