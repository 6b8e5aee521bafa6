"""The typed schema of what the mall can know: radio, phones, positions, counters, identity; and of people's digital habits."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.known import known

_MALL_FITS = "fits to a real mall's 5,800 scans (Hangzhou Joy City)"


@dataclass
class RadioConfig:
    """How access points are heard: log-distance loss per band, walls, floors, shadowing, noise, detection."""

    exponent_2_4: float = known(2.35, "path-loss exponent at 2.4 GHz, walls apart", 1.0, 6.0, source=f"{_MALL_FITS}: 2.8 with walls, as refitted to the default mall's radio", tag="D")
    exponent_5: float = known(2.7, "path-loss exponent at 5 and 6 GHz, walls apart", 1.0, 6.0, source=f"{_MALL_FITS}: 3.1-3.4 with walls, as refitted to the default mall's radio", tag="D")
    loss_at_1m_2_4_db: float = known(40.2, "loss over the first metre at 2.4 GHz", 20, 70, source="free space at 1 m", tag="D", confidence="H")
    loss_at_1m_5_db: float = known(47.0, "loss over the first metre at 5 and 6 GHz", 20, 70, source="free space at 1 m, 5.5 GHz", tag="D", confidence="H")
    front_loss_db: float = known(1.0, "loss through a shop front", 0, 30, source="engineering judgement: fronts are glass or open", confidence="L")
    wall_loss_db: float = known(2.0, "loss through a wall between stores", 0, 30, source="engineering judgement: plasterboard", confidence="L")
    solid_loss_db: float = known(6.0, "loss through a core or other structure", 0, 60, source="engineering judgement: concrete", confidence="L")
    floor_loss_db: float = known(10.5, "loss through a floor", 0, 60, source="9-12 dB in a real mall", tag="V", confidence="H")
    shadowing_db: float = known(5.0, "sd of the static, spatially correlated shadowing", 0, 20, source="a real mall: residual sd 7 dB, half of its variance common to different walks; 4-8.7 dB in tables", tag="D")
    shadowing_m: float = known(5.0, "spacing of the shadowing field: its correlation is zero beyond twice this", 0.5, 50, source="correlation 0.12 at 6-8 m, 0 beyond 10 m in a real mall", tag="V")
    noise_db: float = known(5.0, "sd of the noise of one reading", 0, 20, source="a real mall: the other half of the residual variance; 2-6 dB in tables", tag="D")
    device_offset_db: float = known(4.0, "sd of a phone's own offset", 0, 20, source="0-10 dB between devices", tag="M", confidence="L")
    sensitivity_dbm: float = known(-70.0, "strength at which half of the scans hear an access point", -120, -20, source="a real mall: half of the readings are heard near -70 dBm", tag="V")
    detection_db: float = known(5.0, "width of the logistic detection curve of one scan at one place: 73 % are heard this much above the sensitivity, biases apart", 0.01, 30, source="with the biases below, the share of scans that hear an access point in a real mall (rms error 0.03-0.05 over five seeds)", tag="D")
    detection_field_db: float = known(9.0, "sd of the static, spatially correlated bias of detection: what is heard at a place on one walk is heard on the next", 0, 30, source="a real mall: hearing correlated 0.47 between different walks at one place, 0.42 at 6-8 m, 0.27 at 15-30 m; the default gives 0.36, 0.28, 0.13", tag="D")
    detection_field_m: float = known(20.0, "spacing of that field", 0.5, 100, source="as above", tag="D")
    detection_point_db: float = known(7.0, "sd of the bias of detection of an access point as a whole", 0, 30, source="as above: 0.16 at 30-60 m in a real mall, 0.11 by default", tag="D")
    fields_shared_share: float = known(0.5, "share of the variance of shadowing and detection fields that all access points of a level have in common", 0, 1, source="a real mall: access points within 40 m share a third of the detection's correlation, 0.5-1 of the strength's; 0.5 between sites is usual in cellular planning", tag="D")
    floor_dbm: float = known(-88.0, "strength below which a reading is never reported", -120, -20, source="the trimming of the real survey", tag="D")
    reading_age_s_median: float = known(3.5, "median age of a reading when it is used; it was heard where the phone was then", 0, 5, source="3-4 s in a real mall", tag="V", confidence="H")
    building_seed: int = known(0, "address of what the building does to radio (shadowing, detection) and of its survey; another number is another mall of the same plan, `seed` another day in this one", 0, 2**62)
    map_cell_m: float = known(2.0, "cell of the precomputed radio maps", 0.5, 10, source="a choice of accuracy over memory", tag="D")


@dataclass
class SurveyConfig:
    """How the fingerprint map was made: the survey is simulated too."""

    kind: str = known("grid", "how the fingerprints were collected", choices=("grid", "walk"))
    spacing_m: float = known(4.0, "distance between surveyed places (grid), or between the lines walked", 0.5, 50, source="common practice 2-5 m", tag="M", confidence="L")
    scans: int = known(20, "scans averaged at each place", 1, 1000, source="RADAR (Bahl & Padmanabhan 2000): at least 20 samples a place", tag="M")
    includes_stores: bool = known(True, "whether surveyors went into the stores too")
    age_months: float = known(0.0, "age of the map: part of the shadowing has changed since", 0, 120)
    ageing_db_per_year: float = known(3.0, "sd of the shadowing's change in a year, growing with the square root of time, at most shadowing_db", 0, 20, source="engineering judgement", confidence="L")


@dataclass
class PositioningConfig:
    """Where the platform believes phones to be."""

    method: str = known("surrogate", "off; full: every reading simulated; surrogate: an error law per cell fitted to full; law: a Gaussian error of given size", choices=("off", "full", "surrogate", "law"))
    estimator: str = known("knn", "how a place is computed from readings", choices=("knn", "multilateration", "nearest"))
    smoother: str = known("none", "what smooths successive places of a phone", choices=("none", "kalman"))
    every_s: float = known(60.0, "how often the platform asks where each phone on its Wi-Fi is", 1, 3600, source="cadence of location analytics; engineering judgement", confidence="L")
    strangers_every_s: float = known(300.0, "how often it asks where the other phones are, who are nobody to it and counted only: at the first asking after each such stretch", 1, 3600, source="cadence of the reviews; engineering judgement", confidence="L")
    neighbours: int = known(5, "neighbours of the weighted k-nearest-neighbours estimator", 1, 50, source="k = 5 on Joy City")
    missing_dbm: float = known(-95.0, "strength taken for an access point that is not heard", -130, -60, source="just below what phones report", tag="D")
    walk_mps: float = known(1.0, "pace of the smoother's random walk", 0.01, 5, source="surveyors walked at 0.66-1.57 m/s", tag="D")
    law_error_m_mean: float = known(5.0, "mean error where method is law", 0, 100, source="the article's 5 m", tag="V")
    law_floor_share: float = known(0.97, "share of fixes on the right level where method is law", 0, 1, source="87 % in a real mall with an open atrium, more with many access points", tag="M", confidence="L")
    law_samples: int = known(32, "fixes simulated for each cell when the surrogate is fitted", 8, 1024)
    law_cell_m: float = known(4.0, "cell of the surrogate's error law", 1, 50)


@dataclass
class PhonesConfig:
    """How phones behave on the radio."""

    associated_scan_s: float = known(10.0, "time between scans of a phone on the mall's Wi-Fi", 1, 600, source="2-30 s", tag="M", confidence="L")
    probe_s_median: float = known(60.0, "median time between probes of a phone that is not on it, log-normal", 1, 3600, source="'seconds to minutes' (RateCount 2025)", tag="M")
    probe_s_p95: float = known(300.0, "95th percentile of it", 1, 36000, source="as above", tag="M")
    random_address_share: float = known(0.9, "share of phones that change their address at every burst while not associated", 0, 1, source="Sensors 2022/2023 (qualitative)", tag="M")


@dataclass
class AppUtilitiesConfig:
    """What the mall's app can do; each utility shows in its use."""

    parking: bool = known(True, "whether the app finds the car and pays the car park")
    navigation: bool = known(True, "whether the app shows the way")
    booking: bool = known(True, "whether the app books tables")
    parking_use_share: float = known(0.3, "share of active users' visits by car in which it is used", 0, 1, source="engineering judgement", confidence="L")
    navigation_use_share: float = known(0.15, "share of active users' visits in which it is used", 0, 1, source="engineering judgement", confidence="L")
    booking_use_share: float = known(0.08, "share of active users' visits in which it is used", 0, 1, source="engineering judgement", confidence="L")


@dataclass
class IdentityConfig:
    """How visitors become known: portal, app, chat card, partners, payments; and how their traces are put together."""

    portal: bool = known(True, "whether the mall's Wi-Fi has a log-in page")
    one_time_code: bool = known(True, "whether the log-in asks for a phone number and a code")
    form_fields: int = known(1, "fields of the form; each beyond the first loses a tenth of those who began", 0, 20, source="engineering judgement", confidence="L")
    portal_share: float = known(0.06, "share of visitors that complete the log-in on a day: those that connect x those that complete", 0, 1, source="Ghose, Li & Liu 2019: at most 5.96 %", tag="D")
    complete_share: float = known(0.31, "share of those that connect anew that complete the log-in (one field and a code)", 0.01, 1, source="vendor case: 0.31 form, 0.58 one tap", tag="V", confidence="L")
    join_share: float = known(0.10, "share of those that log in that become members", 0, 1, source="Purple guide: 0.05-0.35", tag="V", confidence="L")
    consent_share: float = known(0.9, "share of those that log in that agree to be followed", 0, 1, source="engineering judgement", confidence="L")
    payment_link_required: bool = known(False, "whether a membership needs a payment account: no false registration passes")
    false_registration_share: float = known(0.05, "share of registrations with false data where no payment account is needed", 0, 1, source="engineering judgement", confidence="L")
    partner_shared: bool = known(False, "whether a partner shares its pool of members")
    partner_share: float = known(0.35, "share of residents that are the partner's customers", 0, 1, source="engineering judgement", confidence="L")
    tag_error_share: float = known(0.25, "share of the partner's tags that are wrong", 0, 1, source="engineering judgement", confidence="L")
    plate_match_share: float = known(0.9, "share of plates, paid for in the app, that stitching puts to the right member", 0, 1, source="engineering judgement", confidence="L")
    tills_online_share: float = known(0.8, "share of stores whose tills report who paid, once rolled out", 0, 1, source="engineering judgement", confidence="L")
    access_points_share: float = known(1.0, "share of access points that work, once rolled out", 0, 1)
    roll_out_starts: str = known("", "first day of the roll-out of access points and tills, YYYY-MM-DD; empty: it is over")
    roll_out_days: float = known(180.0, "days from its start until all are on", 1, 3650)
    continue_from: str = known("", "folder of an earlier run whose members and links are known at the start; empty: those of the habits alone")
    holdout_share: float = known(0.1, "share of members that no policy may address, so that effects can be measured", 0, 1, source="common practice 5-10 %", tag="M")
    friend_radius_m: float = known(30.0, "estimated distance at which two friends inside count as near", 1, 500, source="the push radius of the article", tag="D", confidence="L")
    app: AppUtilitiesConfig = field(default_factory=AppUtilitiesConfig)


@dataclass
class ProfilesConfig:
    """Stays, attribution to stores, and what the platform makes of a person."""

    stay_s_min: float = known(180.0, "shortest stay that counts as a visit to a store", 10, 3600, source="engineering judgement: three fixes at a minute's cadence", confidence="L")
    stay_radius_m: float = known(12.0, "fixes within this of a stay's middle belong to it", 1, 100, source="about twice the 75th percentile of the error", tag="D")
    depth: str = known("category", "how finely a profile sorts what people want", choices=("group", "category", "store"))
    prior_weight: float = known(3.0, "observations that the average shopper's taste is worth against one's own", 0.01, 1000, source="engineering judgement", confidence="L")
    half_life_days: float = known(90.0, "age at which an observation counts half", 1, 3650, source="engineering judgement", confidence="L")
    purchase_weight: float = known(3.0, "stays that one purchase is worth", 0, 100, source="engineering judgement", confidence="L")


@dataclass
class GatesConfig:
    """Plate readers and bay sensors."""

    plate_miss_share: float = known(0.02, "share of plates that the reader does not read", 0, 1, source="97-99 % in vendors' tests", tag="M", confidence="L")
    plate_misread_share: float = known(0.01, "share of plates read wrongly", 0, 1, source="engineering judgement", confidence="L")
    bay_wrong_share: float = known(0.01, "share of bay sensors that report the wrong state", 0, 1, source="engineering judgement", confidence="L")


@dataclass
class SensingConfig:
    """What the mall's systems sense."""

    door_miss_share: float = known(0.03, "share of people a door counter misses", 0, 1, source="engineering judgement", confidence="L")
    door_double_share: float = known(0.01, "share of people a door counter counts twice", 0, 1, source="engineering judgement", confidence="L")
    gates: GatesConfig = field(default_factory=GatesConfig)
    radio: RadioConfig = field(default_factory=RadioConfig)
    survey: SurveyConfig = field(default_factory=SurveyConfig)
    positioning: PositioningConfig = field(default_factory=PositioningConfig)
    phones: PhonesConfig = field(default_factory=PhonesConfig)
    identity: IdentityConfig = field(default_factory=IdentityConfig)
    profiles: ProfilesConfig = field(default_factory=ProfilesConfig)


@dataclass
class DigitalConfig:
    """People's digital habits: who they are before they come, whatever the mall does."""

    adult_share: float = known(0.85, "share of the people of a party after the first that are old enough for a phone; children are brought along so that it comes out", 0, 1, source="engineering judgement", confidence="L")
    wifi_on_share: float = known(0.85, "share of phones with Wi-Fi switched on", 0, 1, source="0.6-0.95", tag="M", confidence="L")
    battery_dies_share: float = known(0.02, "share of visits in which a phone's battery runs out", 0, 1, source="engineering judgement", confidence="L")
    knows_network_share: float = known(0.10, "share of residents whose phones have joined the mall's Wi-Fi before and do so again by themselves", 0, 1, source="engineering judgement", confidence="L")
    member_share: float = known(0.08, "share of residents that are members already", 0, 1, source="engineering judgement", confidence="L")
    app_share: float = known(0.5, "share of members with the mall's app", 0, 1, source="engineering judgement", confidence="L")
    app_active_share: float = known(0.45, "share of them that use it", 0, 1, source="engineering judgement", confidence="L")
    push_share: float = known(0.5, "share of those that let it send messages", 0, 1, source="opt-in rates of 40-60 %", tag="M", confidence="L")
    card_share: float = known(0.25, "share of residents with the mall's card in a chat app", 0, 1, source="engineering judgement", confidence="L")
    pays_linked_share: float = known(0.4, "share of members that pay by an account linked to their membership", 0, 1, source="engineering judgement", confidence="L")
    friends_mean: float = known(6.0, "friends that a resident has among the residents", 0, 100, source="engineering judgement", confidence="L")
    friends_opt_in_share: float = known(0.3, "share of app users that let friends know when they are near", 0, 1, source="engineering judgement", confidence="L")
    favourites_share: float = known(0.5, "share of needs that come from one's own favourite trades, the rest from everybody's", 0, 1, source="engineering judgement", confidence="L")
    favourites: int = known(3, "favourite trades of a resident", 1, 10, source="engineering judgement", confidence="L")
