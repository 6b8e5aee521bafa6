"""The catalogue of policies by name: what each does, which rows of the mission it covers, by which path it can lose, and its scenario."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One policy. `make` is "module:class" of agents.policies; a measure (make "") is a file conf/policies/<name>.yaml of settings alone."""

    name: str
    does: str
    covers: tuple[str, ...]
    loses: str  # by which path it can lose
    make: str = ""
    scenario: str = ""
    source: str = ""
    shows: str = ""  # the KPI that tells first that it acts: in its scenario it differs from that of the same days without it


ENTRIES = (
    Entry("idle", "Looks at everything and does nothing.", (), "It cannot: it is there to show that looking changes nothing.", "baselines:Idle"),
    Entry(
        "random", "Sends offers of stores at random to people at random, whatever they like and wherever they are.", ("B7", "C1"),
        "Discounts go to whoever would have bought anyway, messages that concern nobody annoy and are turned off.", "baselines:Random",
    ),
    Entry(
        "recommend",
        "Shows each person a list of stores: by sales, by what others did, or by what is learnt of clicks, with exploration and a floor of exposure.",
        ("B7", "B1", "B2"),
        "People go where they are sent instead of where they would have gone, and spend their time on the way; lists that do not suit are not opened, "
        "pushed ones annoy; what sells is shown, so that it sells more and others less; exploration shows what nobody wants.",
        "recommend:Recommend", "which_recommendation",
        "article: precise personalised recommendation over hundreds of businesses",
        shows="places_shown",
    ),
    Entry(
        "content_per_member",
        "Writes to each member once on a visit: a deal, a story of a store, a place to eat or a benefit, by what goes down with people like it.",
        ("B12",),
        "Deals are opened most and so are learnt first, by people who would have paid the price; every message that does not concern "
        "somebody annoys; few members come for a belief to become sharp.",
        "content:ContentPerMember", "content_per_member", "article: different content for each member",
        shows="push_sent",
    ),
    Entry(
        "slots", "Sells the places of a page or a screen to stores at a sealed auction, each at the price of the next bid below.", ("C12",),
        "Who has overrated a place most gets it (winner's curse) and may never earn the fee back; whom it sends there goes nowhere else.",
        "slots:Slots", "feature_slots", "article: feature services on festival days",
        shows="slot_fees_fen",
    ),
    Entry(
        "tags_sold", "Tells stores what visitors like, for a price or for nothing; the stores write to them with offers of their own.", ("B13",),
        "People who learn of it let the app send no more; stores give discounts to those who liked them anyway; more messages tire.",
        "tags:TagsSold", "tags_for_sale", "article: the platform shares user tags with any service provider",
        shows="tag_tellings_per_visit_mean",
    ),
    Entry(
        "in_store_recognition", "Tells a store's guide which members are located in it, and what they like.", ("B10",),
        "Being addressed puts some off; a wrong profile shows what pleases less than what one would have looked at unasked; places are often wrong.",
        "", "guides_who_know", "article: the guide recognises the member on arrival",
        shows="recognised_sales_share",
    ),
    Entry(
        "reviews_at_the_shelf", "Lets reviews of articles be read at the shelf.", ("E8",),
        "What is worse than its brand sells less; the guide's word counts less beside them.", "", "reviews_at_the_shelf",
        "article: linked information, online reviews in the store",
        shows="match_share",
    ),
    Entry(
        "deep_labels", "Keeps apart every store in profiles, and describes twice as many articles.", ("B8", "B2"),
        "Finer classes have fewer observations each, so that profiles are noisier; more articles have less stock each.", "", "deep_labels",
        "article: labelling down to products, a deep joint venture",
        shows="recognised_share",
    ),
    Entry(
        "smart_stocking", "Orders by looks online beside tenants' own sales, and calls back what stands too long.", ("I10",),
        "Whoever looks online is not whoever comes, so that the wrong articles are ordered; every piece called back costs.", "", "smart_stocking",
        "article: stock by size and colour from online data",
        shows="goods_stock_out_share",
    ),
    Entry(
        "targeted", "Sends a coupon of one trade to those believed to like it who have not bought yet, each with a probability that is written down.",
        ("C17", "B12"), "It picks those who would have bought anyway: it looks far better than it is, and its discounts are given away.",
        "targeted:Targeted", "targeted_uplift",
        shows="push_sent",
    ),
    Entry(
        "event_invitations", "Sets up an event in the hall and invites people inside, those whose profile is nearest to its theme first.", ("C15",),
        "Time at an event is lost to stores, its crowd stands in the way of others, staff and stage cost money whoever comes, and messages annoy.",
        "happenings:EventInvitations", "event_invitations", "article S1",
        shows="happening_visits",
    ),
    Entry(
        "treasure_hunt", "Gives out clues one after another through quiet parts of the mall, and a coupon at the last.", ("E7", "G1"),
        "Walking from clue to clue takes time and strength from shopping; those who give up get nothing; coupons go to who would have bought.",
        "happenings:TreasureHunt", "treasure_hunt", "article S1",
        shows="hunt_started_visits",
    ),
    Entry(
        "freeze", "Asks people inside to stand still together at a place and minute.", ("E6",),
        "It blocks the hall where it is densest, sells nothing by itself, and takes visitors away from stores for as long as they wait.",
        "happenings:Freeze", "freeze", "article S1",
        shows="happening_people_max",
    ),
    Entry(
        "friend_nearby", "Tells two friends who are near each other by estimate, and lets them meet before a cafe if both want.", ("E4",),
        "A wrong position sends people to each other who are far apart, one may wait in vain, and time together is lost to stores.",
        "happenings:FriendNearby", "friend_nearby", "article S1",
        shows="friends_met_pairs",
    ),
    Entry(
        "micro_rewards", "Lets people shake their phones: every n-th time there is a small coupon that is good everywhere.", ("E5",),
        "Coupons are used by who would have bought anyway, and blanks tire people of messages that matter more.",
        "guidance:MicroRewards", "micro_rewards", "article S1",
        shows="coupons_issued",
    ),
    Entry(
        "cold_zone_guidance", "Tells people where most are of stores where few are: by a hint, a coupon, or screens.", ("G1", "G2"),
        "What quiet stores gain is taken from busy ones that suit better, people walk more, and coupons cost both sides.",
        "guidance:ColdZoneGuidance", "cold_zone_guidance", "article S1",
        shows="walk_m_mean",
    ),
    Entry(
        "vip_programme", "Bays by the doors, a lounge and a car wash for the top tier.", ("F3", "F4", "F8"),
        "Bays stand idle while others search, and the lounge takes VIPs' time from stores.", "", "vip_programme", "article S1",
        shows="vip_walk_s_mean",
    ),
    Entry(
        "promoters_programme", "Finds members who talk, and rewards them for talking.", ("E2",),
        "Rewards are paid to many whose friends know the mall already.", "", "promoters_programme", "article S1",
        shows="wom_new_visits",
    ),
    Entry(
        "empty_handed", "Bags are handed in at the till and picked up on the way out.", ("F5",),
        "Porters and desk cost more than the few extra purchases bring.", "", "empty_handed", "article S1",
        shows="bags_handed_in",
    ),
    Entry(
        "bracelets", "Families lend bracelets: children stay in the playground, and all see where the others are.", ("F6",),
        "More people go their own way, and more children are late or not fetched.", "", "bracelets", "article S1",
        shows="child_alerts",
    ),
    Entry(
        "feedback", "Tenants answer complaints and act on them.", ("E3",),
        "Answers cost money, and what they mend fades.", "", "feedback", "article S1",
        shows="stars_mean",
    ),
    Entry(
        "managed_ratings", "Shows stars, takes out ratings that it believes bought, and expels tenants that buy many.", ("E1",),
        "Honest ratings are taken for bought ones, and businesses that are expelled leave stores empty.", "", "managed_ratings", "article S1",
        shows="shown_error_stars_mean",
    ),
    Entry(
        "parking_guidance", "Signs at the aisles say where bays are free.", ("F1",),
        "Late or wrong readings send drivers to bays that are taken.", "", "parking_guidance", "article S1",
        shows="parking_search_s_mean",
    ),
    Entry(
        "parking_pay", "Drivers pay for parking on the phone.", ("F2",),
        "Who pays early pays for less time, and who is late for the exit pays again.", "", "parking_pay", "articles S0, S3",
        shows="parking_app_pay_share",
    ),
    Entry(
        "virtual_queue", "Tickets for a table are drawn from anywhere in the building.", ("D4",),
        "Called too early people stand as long as before, called too late they lose their turn.", "", "virtual_queue", "article S1",
        shows="tickets_taken",
    ),
    Entry(
        "remote_ordering", "Parties order as soon as they are on the list for a table.", ("D5",),
        "Food that is ordered early is ready before a table is, and is wasted where the party gives up.", "", "remote_ordering", "article S1",
        shows="turn_min_mean",
    ),
    Entry(
        "queue_display", "Shows the wait for a table.", ("D3",),
        "A number that is old or prettier than the truth sends away guests who would have been seated.", "", "queue_display", "article S1",
        shows="queue_wait_s_mean",
    ),
    Entry(
        "dining_time", "Shows waits, and makes eating later worth while.", ("D6",),
        "The gift goes to many who would have come later anyway, and a meal put off may be a meal elsewhere.", "", "dining_time", "article S1",
        shows="turn_min_mean",
    ),
    Entry(
        "joint_promotion", "Gives whoever has bought at one of two stores with common customers an offer of the other.", ("C2",),
        "Common customers would have gone to both anyway: then the discount is a gift, and the third store that they skip pays for it.", "promotions:JointPromotion", "joint_promotion", "article S0",
        shows="joint_offers_used",
    ),
    Entry(
        "film_chain", "Opens an offer of a meal to whoever has shopped, and of a film to whoever has eaten, until a deadline.", ("C3",),
        "Parties that had all three on their list take it along; others break off before the reward and have been hurried past other stores.", "promotions:FilmChain", "film_chain", "article S0",
        shows="chains_begun",
    ),
    Entry(
        "meal_push", "Sends whoever was located near a restaurant of its taste an offer at meal times.", ("C4", "B12"),
        "It fills restaurants that are full already, moves guests from one to the next at a discount, and fixes are wrong.", "meals:MealPush", "meal_push", "article S0",
        shows="coupons_redeemed",
    ),
    Entry(
        "flash_sale", "Lowers the price of empty seats step by step before a show and tells who could still walk there.", ("C5", "D7"),
        "Who would have paid the full price waits in line for the lower one, and a film keeps people out of stores.", "cinema_seats:FlashSale", "flash_sale", "article S0",
        shows="seats_sold_cheaper_people",
    ),
    Entry(
        "free_seats", "Gives seats of an empty house to members nearby.", ("C6", "D7"),
        "Members who had a film on their list do not pay for it, and sit in the dark in place of buying.", "cinema_seats:FreeSeats", "free_seats", "article S1",
        shows="seats_given_visits",
    ),
    Entry(
        "forecast_coupons", "Offers the places that a forecast expects to stay empty, and stops when the house fills.", ("C9", "D1", "D6"),
        "The forecast is wrong, or guests come from the restaurant next door: the mall pays for moving them.", "forecasts:ForecastCoupons", "forecast_coupons", "article S1",
        shows="forecast_offers",
    ),
    Entry(
        "deep_discount", "Sends offers that match nobody's taste, deep or shallow as one reads the article.", ("C7",),
        "Nine tenths off is a loss on whatever is bought, and a fifth off is an annoyance.", "off_taste:DeepDiscount", "deep_discount", "article S0",
        shows="coupon_cost_fen",
    ),
    Entry(
        "payment_page", "Shows an offer, or a word about following or joining, when a payment by phone is over.", ("C11",),
        "Whoever has just paid may be done with buying; discounts go to those who stay in any case.", "after_paying:PaymentPage", "payment_page", "article S4",
        shows="coupons_issued",
    ),
    Entry(
        "second_visit", "Sends whoever is inside again an offer of the store that stands out in its profile.", ("C1",),
        "Regulars would have bought without it.", "after_paying:SecondVisit", "second_visit", "article S0",
        shows="coupons_redeemed",
    ),
    Entry(
        "queue_replan", "Estimates waits for tables, shows them, and sends people from long lines to short ones.", ("D3", "D6", "D9"),
        "Waits reckoned from fixes are wrong: people leave a line that was short, or all go to the same place.", "waits:QueueReplan", "queue_replan", "article S1",
        shows="push_sent",
    ),
    Entry(
        "pooled_demand", "Keeps lists of names for a trade; a full one turns into an offer to all who were asked.", ("B9",),
        "The names on a list are those who wanted it anyhow, and the rest are asked twice.", "pooled:PooledDemand", "pooled_demand", "article S1",
        shows="pools_opened",
    ),
    Entry(
        "do_no_harm", "Ends offers after which too many tenants of the trade sell less than usual.", ("J3",),
        "What it takes for harm is often luck: good offers end early, and bad ones that harm other trades go on.", "harm:DoNoHarm", "do_no_harm", "article S4",
        shows="offers_ended_for_harm",
    ),
    Entry(
        "home_coupons", "Offers people at home a coupon of a store, to take there and to spend in the store.", ("C10",),
        "Who comes anyway redeems most of them, far homes hardly any, and messages to people at home are turned off.",
        "home_coupons:HomeCoupons", "home_coupons", "S4; Tianchi O2O 2016",
        shows="home_coupons_redeemed",
    ),
    Entry(
        "points_reminder", "Reminds members who hold enough points and have been away long enough of what they hold.", ("C8",),
        "Points are burned that would have lain, each message costs, and who gets too many turns them off.",
        "home_news:PointsReminder", "points_reminder", "S0",
        shows="home_messages_sent",
    ),
    Entry(
        "weekend_guide", "Tells people at home what is on at the weekend, and where.", ("C16",),
        "Whom it does not suit stays away, or goes to another mall; to all alike it moves nobody on average.",
        "home_news:WeekendGuide", "weekend_guide", "S4",
        shows="home_messages_sent",
    ),
    Entry(
        "leaflets", "Puts leaflets with an offer into letter boxes: of all households near by, or of members who seem to want the store.", ("B11",),
        "Most are thrown away unread, each costs, and the offer goes to whoever would have bought.",
        "home_ties:Leaflets", "leaflets", "S4",
        shows="leaflets_printed",
    ),
    Entry(
        "social_followers", "Wins followers of the mall's account at the tills, and posts to them.", ("C13",),
        "Posts beyond what followers bear lose them for good; a post draws some and puts as many off.",
        "home_ties:SocialFollowers", "social_followers", "S4",
        shows="home_followers",
    ),
    Entry(
        "subscriptions", "Asks people once of what they would like to hear, and tells them that alone.", ("C14",),
        "Few subscribe, and who did not hears nothing any more; the invitation itself is a message to everybody.",
        "home_ties:Subscriptions", "subscriptions", "S3",
        shows="home_messages_sent",
    ),
    Entry(
        "festival_campaign", "Offers everybody whom it reaches something off the days on which all shop.", ("C12", "J4"),
        "On such days people come and buy anyway: the discount is given away, and the mall is fuller.",
        "home_coupons:FestivalCampaign", "festival_campaign", "S1, S4",
        shows="points_issued",
    ),
    Entry(
        "online_orders", "Order in the chat app, pick up in the store.", ("I5", "I7"),
        "Who collects browses less, staff who pick are missing at the tills, orders that nobody fetches are given back.",
        scenario="pick_up_in_store", source="article S3",
        shows="online_orders",
    ),
    Entry(
        "send_gift", "Gifts bought online, which a friend of the buyer collects.", ("I6",),
        "Many receivers do not come, or would have come anyway; the platform keeps its fee, staff have the work.",
        scenario="gifts_online", source="article S3",
        shows="online_new_visitors",
    ),
    Entry(
        "channels_by_scene", "Collect, have it delivered, or order from the line: each where it suits the moment.", ("I7", "F9"),
        "Deliveries take the place of visits, and of all that these would have bought beside; couriers cost more than the fee brings.",
        scenario="channels_by_scene", source="article S4",
        shows="online_sales_fen",
    ),
    Entry(
        "branch_delivery", "Delivery by couriers from the branch that is soonest, with points and a small gift.", ("I8",),
        "Each delivery loses the courier's cost less the fee, the points and the gift; kitchens have more to cook; late ones are given back.",
        scenario="branch_delivery", source="article S4",
        shows="online_delivery_min_mean",
    ),
    Entry(
        "item_search", "The app says who has a thing soonest, and sends a runner where that is sooner.", ("G6",),
        "What the app knows is old: it sends people to shelves that are empty; who finds at once passes fewer stores.",
        scenario="item_search", source="article S4",
        shows="item_found_share",
    ),
    Entry(
        "multi_channel", "Takes the accounts of a second chat app beside the first.", ("I11",),
        "Most people have both: it reaches few more, and costs as much again.",
        scenario="two_accounts", source="article S3",
        shows="accounts_reach_share",
    ),
    Entry(
        "endless_aisle", "A guide with a tablet orders what the shelf does not have.", ("I9", "F9"),
        "Guides are few, shipping costs the tenant, and what nobody has tried on comes back.",
        scenario="mobile_pay", source="article S4",
        shows="sales_saved_fen",
    ),
    Entry(
        "penny_onboarding", "Pay a penny by phone, get a rose or a drink; staff teach at the tills.", ("I1",),
        "Gifts and wages are spent on the day, lessons make lines longer, and what is won comes later if at all.",
        scenario="mobile_pay", source="article S3",
        shows="adoption_cost_fen",
    ),
    Entry(
        "phone_price_cut", "A tenth off for whoever pays by phone.", ("I3",),
        "All who pay by phone anyway pay less too.",
        scenario="mobile_pay", source="article S3",
        shows="price_cut_fen",
    ),
    Entry(
        "move_tenants", "Counts phones at doors and sales at tills, and exchanges the strongest tenant with the one in the coldest place.", ("G1", "G2"),
        "A tenant that lived on passers-by loses them and draws nobody to the cold place; fitting out costs, and who liked to find it there walks farther.",
        "layout:MoveTenants", "cold_tenants", "articles S1, S2",
        shows="footfall_hhi",
    ),
    Entry(
        "tenant_mix", "Lets rooms that come free go to trades that lack floor of a target mix.", ("G3", "G4"),
        "New businesses share the same customers: trades with a larger share of floor than of needs sell less per m2 than those that went.",
        "", "tenant_mix", "article S1",
        shows="mix_likeness",
    ),
    Entry(
        "anchors_subsidy", "Asks large tenants for a small share of their sales, so that they stay and draw for the others.", ("G7", "C9"),
        "An anchor that would have stayed anyway pays less, and its customers who come for nothing else bring the others nothing.",
        "", "anchor_closes", "articles S0, S2; Gould, Pashigian & Prendergast 2005",
        shows="anchor_rent_share",
    ),
    Entry(
        "site_selection", "Ranks sites of a second store by where members live (`galleria site`).", ("G5",),
        "Members are not like others: a site near the mall looks best and takes its visits from the mall.", "", "new_site", "article S4",
    ),
    Entry(
        "signs", "Hangs signs at entrances and connectors.", ("G2",),
        "Who no longer errs passes fewer frontages, and signs that nobody changes send people to where a tenant was.", "", "signs", "article S1",
        shows="wrong_turns_per_visit",
    ),
    Entry(
        "one_way_escalators", "Lets the escalator down from the first floor run up.", ("G2",),
        "Going down takes the lift or the stairs; upper floors are left sooner or not visited at all.", "", "turn_an_escalator", "article S1",
        shows="layout_changes",
    ),
    Entry(
        "pop_ups", "Puts a kiosk where the hall is widest.", ("G2", "G3"),
        "It narrows the hall, and what it sells is not bought in the stores of its trade that pay rent all year.", "", "pop_up_market", "article S1",
        shows="layout_changes",
    ),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}


def maker_of(entry: Entry) -> Callable[[Any], Any]:
    """Return the class of a policy of the catalogue."""
    module, name = entry.make.split(":")
    made: Callable[[Any], Any] = getattr(importlib.import_module(f"agents.policies.{module}"), name)
    return made
