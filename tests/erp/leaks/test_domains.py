"""How a mail domain is written, which are anybody's, and what figures say."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from erp.access.leaks.domains import NotADomain, domain_of, free_mail, is_free_mail, parse_domain
from erp.access.leaks.figures import Figures, figures_of, leak_figures, mean_per_domain
from erp.access.leaks.models import LeakFinding
from erp.core import clock
from tests import make


@pytest.mark.parametrize(("typed", "kept"), [
    ("alpenholz.ch", "alpenholz.ch"), (" Alpenholz.CH. ", "alpenholz.ch"),
    ("@alpenholz.ch", "alpenholz.ch"), ("anna@alpenholz.ch", "alpenholz.ch"),
    ("müller-söhne.ch", "xn--mller-shne-ecb2e.ch"), ("post.a-b.co.uk", "post.a-b.co.uk"),
    ("xn--mller-kva.ch", "xn--mller-kva.ch"), ("a" * 63 + ".ch", "a" * 63 + ".ch"),
])  # fmt: skip
def test_a_domain_is_kept_in_one_form(typed, kept):
    if "söhne" in typed:
        kept = "müller-söhne.ch".encode("idna").decode()
    assert parse_domain(typed) == kept


@pytest.mark.parametrize("typed", [
    "", " ", "ch", "alpenholz", ".ch", "alpenholz..ch", "-a.ch", "a-.ch", "alpen holz.ch",
    "alpenholz.ch/x", "alpenholz.ch?x", "127.0.0.1", "[::1]", "http://alpenholz.ch", "a_b.ch",
    "a" * 64 + ".ch", "a." * 130 + "ch", "alpenholz.ch\nx: y", "alpenholz.c\x00h", "*.ch", "a.1",
])  # fmt: skip
def test_what_is_no_domain_is_refused(typed):
    with pytest.raises(NotADomain):
        parse_domain(typed)


def test_the_domain_of_an_address():
    assert domain_of("anna@Alpenholz.ch") == "alpenholz.ch"
    assert domain_of("anna") == domain_of("anna@") == domain_of("anna@localhost") == ""


@pytest.mark.parametrize("domain", [
    "bluewin.ch", "gmx.ch", "gmail.com", "hotmail.com", "hotmail.ch", "outlook.com", "icloud.com",
    "protonmail.com", "proton.me", "sunrise.ch", "hispeed.ch", "yahoo.com", "mail.bluewin.ch",
    "GMX.ch",
])  # fmt: skip
def test_free_mail_is_nobodys_company(domain):
    assert is_free_mail(domain)


@pytest.mark.parametrize("domain", ["alpenholz.ch", "mybluewin.ch", "gmx.ch.example", "ch", ""])
def test_others_are_not(domain):
    assert not is_free_mail(domain)


def test_the_list_is_in_the_form_domains_are_compared_in():
    assert all(parse_domain(one) == one for one in free_mail())


@pytest.mark.parametrize(("accounts", "domains", "mean"), [
    (531_321, 187_244, "2.84"),  # as published
    (0, 0, "0.00"), (1, 1, "1.00"), (1, 3, "0.33"), (2, 3, "0.67"), (201, 200, "1.01"),  # 1.005
    (1, 200, "0.01"), (1, 201, "0.00"), (2**63, 1, f"{2**63}.00"),
])  # fmt: skip
def test_the_mean_is_rounded_half_away_from_zero(accounts, domains, mean):
    assert str(mean_per_domain(accounts, domains)) == mean


def corpus(seed):
    """Addresses with repetitions, some of them at free-mail providers."""
    chance = random.Random(seed)
    domains = [f"firma-{n}.ch" for n in range(40)] + ["bluewin.ch", "gmx.ch", "mail.yahoo.com"]
    return [
        f"p{chance.randrange(60)}@{chance.choice(domains[: chance.randrange(1, 44)])}"
        for _ in range(chance.randrange(1, 1500))
    ]


def recomputed(addresses):
    """The figures by another way: from texts, sorted, with whole numbers."""
    ours = sorted({a for a in addresses if not a.endswith(("@bluewin.ch", "@gmx.ch", "yahoo.com"))})
    per_domain = [
        sum(1 for a in ours if a.split("@")[1] == domain)
        for domain in {a.split("@")[1] for a in ours}
    ]
    if not per_domain:
        return Figures(0, 0, Decimal("0.00"), 0)
    hundredths, rest = divmod(sum(per_domain) * 100, len(per_domain))
    hundredths += rest * 2 >= len(per_domain)
    return Figures(
        sum(per_domain), len(per_domain), Decimal(hundredths) / 100, sorted(per_domain)[-1]
    )


@pytest.mark.parametrize("seed", range(25))
def test_figures_of_a_corpus_are_as_recomputed(seed):
    addresses = corpus(seed)
    counts = {}
    for address in set(addresses):
        domain = address.partition("@")[2]
        counts[domain] = counts.get(domain, 0) + 1
    assert figures_of(counts) == recomputed(addresses)


@pytest.mark.django_db
def test_figures_of_a_company_count_an_address_once(django_assert_num_queries):
    company, addresses = make.company(), corpus(7)
    LeakFinding.unscoped.bulk_create(
        LeakFinding(company=company, alias=alias, domain=domain, breach=breach,
                    found_at=clock.now(), state=state)
        for alias, _at, domain in (one.partition("@") for one in set(addresses))
        for breach, state in (("Adobe", "settled"), ("LinkedIn", "told"))
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert leak_figures(company) == recomputed(addresses)
    assert leak_figures(make.company()) == Figures(0, 0, Decimal("0.00"), 0)
