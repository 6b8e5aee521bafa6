"""The typed schema of paying: methods, self-checkout, cashiers, adoption, fees, price cuts, sales lost to stock or fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

BUNDESBANK = "Deutsche Bundesbank, more than 10,000 timed payments"
FOOD_RETAIL = "Deutsche Bundesbank, food retail only"


@dataclass
class MixConfig:
    """What share of parties is used to each way to pay (normalised); the schema's own values are those of checkout=china_today."""

    cash: float = known(
        0.08,
        "share of parties that pay cash",
        0,
        1,
        source="China today: 86 % use mobile payment (People's Bank of China); split is engineering judgement",
        confidence="L",
    )
    card: float = known(0.05, "that insert a card and type a PIN", 0, 1, source="engineering judgement", confidence="L")
    contactless: float = known(0.02, "that hold a card to the terminal", 0, 1, source="engineering judgement", confidence="L")
    contactless_pin: float = known(
        0.01, "that hold a card to it and type a PIN", 0, 1, source="engineering judgement", confidence="L"
    )
    mobile: float = known(0.06, "that hold a phone or a watch to it", 0, 1, source="engineering judgement", confidence="L")
    qr: float = known(0.78, "that show or scan a QR code", 0, 1, source="as for cash: what is left", confidence="L")


@dataclass
class PayTimesConfig:
    """Time to pay by each method, anywhere but in food retail."""

    cash: float = known(18.7, "time to pay cash, over all amounts", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    card: float = known(25.7, "with a card inserted and a PIN", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    contactless: float = known(15.2, "with a card held to the terminal", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    contactless_pin: float = known(23.3, "with a card held to it and a PIN", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    mobile: float = known(14.0, "with a phone held to it", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    qr: float = known(
        15.0,
        "with a QR code: open the app, scan, confirm",
        0,
        600,
        source="article S4: 4 steps, 15 s; range 10-20",
        confidence="M",
    )


@dataclass
class FoodPayTimesConfig:
    """Time to pay by each method in food retail."""

    cash: float = known(18.1, "time to pay cash, over all amounts", 0, 600, source=FOOD_RETAIL, tag="V", confidence="H")
    card: float = known(23.8, "with a card inserted and a PIN", 0, 600, source=FOOD_RETAIL, tag="V", confidence="H")
    contactless: float = known(13.2, "with a card held to the terminal", 0, 600, source=FOOD_RETAIL, tag="V", confidence="H")
    contactless_pin: float = known(
        18.2, "with a card held to it and a PIN", 0, 600, source=FOOD_RETAIL, tag="V", confidence="H"
    )
    mobile: float = known(11.8, "with a phone held to it", 0, 600, source=FOOD_RETAIL, tag="V", confidence="H")
    qr: float = known(
        15.0,
        "with a QR code: open the app, scan, confirm",
        0,
        600,
        source="article S4: 4 steps, 15 s; range 10-20",
        confidence="M",
    )


@dataclass
class CashConfig:
    """Counting coins takes longer the more there is to pay: between two amounts, linear in the amount's logarithm."""

    small_s: float = known(
        15.2,
        "time to pay cash up to small_yuan; elsewhere than outside food retail in proportion",
        0,
        600,
        source=BUNDESBANK,
        tag="V",
        confidence="H",
    )
    large_s: float = known(32.9, "time to pay cash from large_yuan on", 0, 600, source=BUNDESBANK, tag="V", confidence="H")
    small_yuan: float = known(78.0, "what counts as small", 0.01, 1e6, source="EUR 10 at 7.8 yuan", tag="D", confidence="M")
    large_yuan: float = known(780.0, "what counts as large", 0.01, 1e6, source="EUR 100 at 7.8 yuan", tag="D", confidence="M")


@dataclass
class FeesConfig:
    """What a tenant pays to whoever carries a payment, as a share of the amount; half a fen and more is rounded up."""

    cash: float = known(
        0.0, "of cash", 0, 0.2, source="no platform takes part; counting and safe-keeping are not in it", confidence="M"
    )
    card: float = known(0.005, "of card payments, contactless ones too", 0, 0.2, source="engineering judgement", confidence="L")
    phone: float = known(0.006, "of payments by phone", 0, 0.2, source="0.38-1 % in the table of parameters", confidence="M")
    fixed_yuan_per_day: float = known(
        0.0, "per tenant and day whatever is paid", 0, 1e5, source="article S3: no outlay for hardware", confidence="M"
    )


@dataclass
class PriceCutConfig:
    """A lower price for whoever pays by phone, at the tenant's expense; everybody else pays the list price."""

    stated_percent: float = known(0.0, "the number in the offer; 0: no offer", 0, 99.99)
    reading: str = known(
        "paid",
        "whether that percent of the price is paid (90: nine tenths) or taken off (90: one tenth is left)",
        choices=("paid", "off"),
        source="article S3 'a 90 percent, 80 percent'; its original most likely says paid",
        confidence="M",
    )
    wallet_share: float = known(
        0.7,
        "share of parties used to cash or cards that could pay by phone today",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    scale_share: float = known(
        0.28,
        "price cut at which all but 1/e of those do: 1 - exp(-cut / scale) switch",
        0.001,
        10,
        source="engineering judgement: 30 % at a tenth off, 51 % at a fifth",
        confidence="L",
    )


@dataclass
class SelfCheckoutConfig:
    """Tills that customers work themselves; which trades have how many is in categories.<trade>.self_checkout_share."""

    slowness: float = known(
        1.5, "scanning and packing relative to a cashier's", 0.1, 10, source="engineering judgement", confidence="L"
    )
    basket_yuan_max: float = known(
        200.0, "largest basket taken there", 0, 1e6, source="engineering judgement: about fifteen articles", confidence="L"
    )
    willing_share_phone: float = known(
        0.75,
        "share of parties that would use one, among those that pay by phone",
        0,
        1,
        source="engineering judgement",
        confidence="L",
    )
    willing_share_card: float = known(
        0.4, "the same, among those that pay by card; cash is not taken", 0, 1, source="engineering judgement", confidence="L"
    )
    attendants_per_store: float = known(
        1.0, "staff who watch over a store's self-checkouts", 0, 20, source="common practice", confidence="L"
    )


@dataclass
class CashiersConfig:
    """Who sits at the tills, and for how much."""

    cashier_share: float = known(1.0, "share of a tenant's tills that have a cashier, at least one", 0.01, 1)
    yuan_per_h: float = known(
        25.0,
        "what an hour of a cashier, teacher or guide costs",
        0,
        10_000,
        source="engineering judgement: retail staff in a Chinese city",
        confidence="L",
    )


@dataclass
class OnboardingConfig:
    """Penny onboarding: scan a code at the till, pay 0.01 yuan, get a rose or a drink; staff teach beside some tills."""

    is_on: bool = known(False, "whether parties used to cash or cards are won for the phone at the till")
    teacher_share: float = known(
        0.2, "share of stores with tills that have somebody who teaches", 0, 1, source="engineering judgement", confidence="L"
    )
    starts: Any = known("11:00", "from when they teach")
    ends: Any = known("20:00", "until when")
    hazard_taught: float = known(
        0.15, "chance to begin at one payment where somebody teaches", 0, 1, source="engineering judgement", confidence="L"
    )
    hazard_alone: float = known(
        0.01, "chance to begin at one payment where nobody does", 0, 1, source="engineering judgement", confidence="L"
    )
    taught_s: float = known(
        25.0,
        "time at the till that beginning takes where somebody teaches",
        0,
        3600,
        source="engineering judgement",
        confidence="L",
    )
    alone_s: float = known(60.0, "the same where nobody does", 0, 3600, source="engineering judgement", confidence="L")
    gift_yuan: float = known(
        5.0, "what the rose or the drink costs the mall", 0, 10_000, source="engineering judgement", confidence="L"
    )
    first_factor: float = known(
        3.0, "how much longer a beginner's first payment by phone takes", 1, 100, source="engineering judgement", confidence="L"
    )
    decay_share: float = known(
        0.5, "what is left of that excess after each payment", 0, 1, source="engineering judgement", confidence="L"
    )


@dataclass
class TabletConfig:
    """The endless aisle: a guide orders on a tablet what the shelf does not have, and it is shipped."""

    is_on: bool = known(False, "whether stores that lose sales to stock or fit have guides with tablets")
    guides_per_store: int = known(
        1, "guides in such a store; whoever finds none free leaves", 1, 100, source="engineering judgement", confidence="L"
    )
    saved_share: float = known(
        0.3, "share of such parties that would order what is not there", 0, 1, source="engineering judgement", confidence="L"
    )
    order_s_mean: float = known(
        240.0, "time a guide needs for an order", 1, 3600, source="engineering judgement", confidence="L"
    )
    delivery_yuan: float = known(
        12.0,
        "what shipping one order costs the tenant",
        0,
        10_000,
        source="engineering judgement: a parcel in a Chinese city",
        confidence="L",
    )


@dataclass
class CheckoutConfig:
    """How parties pay, how long it takes, what it costs."""

    mix: MixConfig = field(default_factory=MixConfig)
    pay_s: PayTimesConfig = field(default_factory=PayTimesConfig)
    food_pay_s: FoodPayTimesConfig = field(default_factory=FoodPayTimesConfig)
    cash: CashConfig = field(default_factory=CashConfig)
    pay_cv: float = known(
        0.5, "sd / mean of the time to pay, log-normal", 0, 3, source="spread of timed payments", confidence="M"
    )
    fees: FeesConfig = field(default_factory=FeesConfig)
    price_cut: PriceCutConfig = field(default_factory=PriceCutConfig)
    self_checkout: SelfCheckoutConfig = field(default_factory=SelfCheckoutConfig)
    cashiers: CashiersConfig = field(default_factory=CashiersConfig)
    onboarding: OnboardingConfig = field(default_factory=OnboardingConfig)
    tablet: TabletConfig = field(default_factory=TabletConfig)


def problems(checkout: CheckoutConfig) -> Iterator[Problem]:
    """Yield every pair of values of paying that cannot go together."""
    mix = checkout.mix
    if mix.cash + mix.card + mix.contactless + mix.contactless_pin + mix.mobile + mix.qr <= 0:
        yield Problem("checkout.mix", "0", "must have a way to pay", "give at least one of its shares")
    if checkout.cash.small_yuan >= checkout.cash.large_yuan:
        rule = f"must be below checkout.cash.large_yuan ({checkout.cash.large_yuan:g})"
        yield Problem("checkout.cash.small_yuan", f"{checkout.cash.small_yuan:g}", rule, "choose a smaller amount")
    try:
        if minutes_from_hours(checkout.onboarding.starts) > minutes_from_hours(checkout.onboarding.ends):
            rule = f"must not come after checkout.onboarding.ends ({checkout.onboarding.ends})"
            yield Problem("checkout.onboarding.starts", str(checkout.onboarding.starts), rule, "choose an earlier time")
    except ValueError as reason:
        value = f"{checkout.onboarding.starts!r} to {checkout.onboarding.ends!r}"
        yield Problem("checkout.onboarding", value, f"times of day are wanted: {reason}", 'write them as "11:00"')
