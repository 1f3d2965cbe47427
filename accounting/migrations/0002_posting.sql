-- Rules across rows of the ledger. Functions look rows up by key: a table that was never analysed must not
-- make them read it whole, or filling it would take time by the square of its size.
--
-- They find tables in our own schema alone: a temporary table of the same name must not stand in for one.
--
-- The order of locks: draft, head of the chain, number, period, totals; at the commit the head of the audit trail.

CREATE FUNCTION accounting_raise(code text, details text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: %', code, details USING ERRCODE = 'P0001', HINT = code;
END $$;

-- A posted entry never changes and never goes (OR 957a, GeBüV Art. 3).
CREATE FUNCTION accounting_entry_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    state text;
    bounds record;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        PERFORM accounting_raise('ledger.frozen', format('entry %s is posted and frozen', OLD.number));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.number IS NOT NULL THEN
        PERFORM accounting_raise('ledger.not_sealed', 'an entry is written as a draft and then sealed');
    END IF;
    IF NEW.number IS NOT NULL THEN
        -- The lock on the period comes before the look at it: who closes the period waits, or we do.
        SELECT p.lock INTO state FROM accounting_period p
        WHERE p.company_id = NEW.company_id AND p.fiscal_year_id = NEW.fiscal_year_id
          AND NEW.date BETWEEN p.start AND p."end" FOR SHARE;
        IF state IS NULL THEN
            PERFORM accounting_raise('ledger.no_period', format('%s lies in no period of the year', NEW.date));
        ELSIF state = 'locked'
           OR (state = 'closing' AND coalesce(current_setting('rappen.closing', true), '') <> 'on') THEN
            PERFORM accounting_raise('ledger.period_locked', format('%s', NEW.date));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entry_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_journalentry
    FOR EACH ROW EXECUTE FUNCTION accounting_entry_guard();

-- Lines come and go only while their entry is a draft. The lock makes a seal under way be waited for.
CREATE FUNCTION accounting_lines_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    posted bigint;
BEGIN
    PERFORM 1 FROM accounting_journalentry e
        WHERE e.id IN (SELECT entry_id FROM new_lines) FOR KEY SHARE;
    SELECT e.number INTO posted FROM accounting_journalentry e
        WHERE e.id IN (SELECT entry_id FROM new_lines) AND e.number IS NOT NULL LIMIT 1;
    IF posted IS NOT NULL THEN
        PERFORM accounting_raise('ledger.frozen', format('entry %s is posted and frozen', posted));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_guard AFTER INSERT ON accounting_entryline
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION accounting_lines_guard();

CREATE FUNCTION accounting_line_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    posted bigint;
BEGIN
    SELECT e.number INTO posted FROM accounting_journalentry e
        WHERE e.id = OLD.entry_id FOR KEY SHARE;
    IF posted IS NULL AND TG_OP = 'UPDATE' AND NEW.entry_id <> OLD.entry_id THEN
        SELECT e.number INTO posted FROM accounting_journalentry e
            WHERE e.id = NEW.entry_id FOR KEY SHARE;
    END IF;
    IF posted IS NOT NULL THEN
        PERFORM accounting_raise('ledger.frozen', format('entry %s is posted and frozen', posted));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER line_guard BEFORE UPDATE OR DELETE ON accounting_entryline
    FOR EACH ROW EXECUTE FUNCTION accounting_line_guard();

-- Debit equals credit, at least two lines: proven at commit for each entry that was posted.
CREATE FUNCTION accounting_entry_balances() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sums record;
BEGIN
    SELECT coalesce(sum(l.debit), 0) AS debit, coalesce(sum(l.credit), 0) AS credit, count(*) AS lines
    INTO sums FROM accounting_entryline l
    WHERE l.company_id = NEW.company_id AND l.entry_id = NEW.id;
    IF sums.lines < 2 OR sums.debit <> sums.credit THEN
        PERFORM accounting_raise('ledger.unbalanced_entry',
            format('entry %s: %s lines, debit %s, credit %s', NEW.number, sums.lines, sums.debit, sums.credit));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT OR UPDATE ON accounting_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.number IS NOT NULL)
    EXECUTE FUNCTION accounting_entry_balances();

-- Vouchers sealed into the chain stay; later ones may still be added.
CREATE FUNCTION accounting_voucher_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    posted bigint;
BEGIN
    SELECT e.number INTO posted FROM accounting_journalentry e WHERE e.id = OLD.entry_id FOR KEY SHARE;
    IF posted IS NOT NULL THEN
        PERFORM accounting_raise('ledger.frozen', format('entry %s is posted and frozen', posted));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER voucher_guard BEFORE UPDATE OR DELETE ON accounting_entryvoucher
    FOR EACH ROW EXECUTE FUNCTION accounting_voucher_guard();

-- Numbers only go up, by one; the head only goes forward.
CREATE FUNCTION accounting_series_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.last < OLD.last THEN
        PERFORM accounting_raise('ledger.number_series', 'numbers never go back');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER series_guard BEFORE UPDATE ON accounting_numberseries
    FOR EACH ROW EXECUTE FUNCTION accounting_series_guard();

-- Seal drafts: number, chain, totals. The only way from draft to posted; `digests` are the SHA-256 of the
-- entries' contents, in the order of `drafts`. One short lock on the head of the chain, taken late.
CREATE FUNCTION accounting_seal(
    client bigint, drafts bigint[], digests bytea[], who bigint, moment timestamptz
) RETURNS TABLE (entry bigint, given integer) LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head record;
    draft record;
    place bigint;
    link bytea;
    links bytea[] := '{}';
    numbers integer[] := '{}';
    written bigint;
BEGIN
    PERFORM 1 FROM accounting_journalentry e
        WHERE e.company_id = client AND e.id = ANY (drafts) ORDER BY e.id FOR UPDATE;
    SELECT e.id, sum(l.debit) AS debit, sum(l.credit) AS credit INTO draft
        FROM unnest(drafts) AS e(id)
        LEFT JOIN accounting_entryline l ON l.company_id = client AND l.entry_id = e.id
        GROUP BY e.id HAVING count(l.id) < 2 OR sum(l.debit) <> sum(l.credit) LIMIT 1;
    IF FOUND THEN
        PERFORM accounting_raise('ledger.unbalanced_entry',
            format('draft %s: debit %s, credit %s', draft.id, draft.debit, draft.credit));
    END IF;
    UPDATE accounting_entryvoucher v SET sealed = true
        WHERE v.company_id = client AND v.entry_id = ANY (drafts);

    SELECT h.position, h.digest INTO head FROM accounting_ledgerhead h
        WHERE h.company_id = client FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO accounting_ledgerhead (company_id, position, digest) VALUES (client, 0, ''::bytea)
            ON CONFLICT (company_id) DO NOTHING;
        SELECT h.position, h.digest INTO head FROM accounting_ledgerhead h
            WHERE h.company_id = client FOR UPDATE;
    END IF;
    place := head.position;
    link := head.digest;

    -- The lock on the head of the chain keeps others away from the numbers, too.
    INSERT INTO accounting_numberseries (company_id, fiscal_year_id, series, last)
        SELECT DISTINCT client, e.fiscal_year_id, e.series, 0 FROM accounting_journalentry e
        WHERE e.company_id = client AND e.id = ANY (drafts)
        ON CONFLICT (company_id, fiscal_year_id, series) DO NOTHING;
    FOR draft IN
        SELECT e.id, e.number, w.digest,
               s.last + row_number() OVER (PARTITION BY e.fiscal_year_id, e.series ORDER BY w.nth) AS next
        FROM unnest(drafts, digests) WITH ORDINALITY AS w(id, digest, nth)
        LEFT JOIN accounting_journalentry e ON e.company_id = client AND e.id = w.id
        LEFT JOIN accounting_numberseries s ON s.company_id = client
            AND s.fiscal_year_id = e.fiscal_year_id AND s.series = e.series
        ORDER BY w.nth
    LOOP
        IF draft.id IS NULL THEN
            PERFORM accounting_raise('ledger.no_draft', 'the draft is gone');
        ELSIF draft.number IS NOT NULL THEN
            PERFORM accounting_raise('ledger.frozen', format('entry %s is posted and frozen', draft.number));
        END IF;
        place := place + 1;
        link := sha256(link || int8send(place) || int4send(draft.next::integer) || draft.digest);
        links := links || link;
        numbers := numbers || draft.next::integer;
    END LOOP;

    RETURN QUERY UPDATE accounting_journalentry e
        SET number = w.number, posted_at = moment, posted_by_id = who,
            chain_position = head.position + w.nth, content_digest = w.digest, chain_digest = w.link
        FROM unnest(drafts, digests, numbers, links) WITH ORDINALITY AS w(id, digest, number, link, nth)
        WHERE e.company_id = client AND e.id = w.id
        RETURNING e.id, e.number;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(drafts) THEN
        PERFORM accounting_raise('ledger.no_draft', 'a draft is named twice');
    END IF;
    UPDATE accounting_numberseries s SET last = s.last + n.count
        FROM (SELECT e.fiscal_year_id, e.series, count(*) FROM accounting_journalentry e
              WHERE e.company_id = client AND e.id = ANY (drafts) GROUP BY 1, 2) AS n
        WHERE s.company_id = client AND s.fiscal_year_id = n.fiscal_year_id AND s.series = n.series;
    UPDATE accounting_ledgerhead h SET position = place, digest = link WHERE h.company_id = client;
    INSERT INTO accounting_accounttotal AS t (company_id, fiscal_year_id, month, opening, account_id,
            cost_centre_id, debit, credit, amount_foreign)
        SELECT client, e.fiscal_year_id, date_trunc('month', l.date)::date, e.kind = 'opening', l.account_id,
            l.cost_centre_id, sum(l.debit), sum(l.credit), sum(coalesce(l.amount_foreign, 0))
        FROM accounting_entryline l
        JOIN accounting_journalentry e ON e.company_id = client AND e.id = l.entry_id
        WHERE l.company_id = client AND l.entry_id = ANY (drafts)
        GROUP BY 2, 3, 4, 5, 6
        ORDER BY 2, 3, 4, 5, 6
        ON CONFLICT (company_id, fiscal_year_id, month, opening, account_id, cost_centre_id) DO UPDATE
        SET debit = t.debit + excluded.debit, credit = t.credit + excluded.credit,
            amount_foreign = t.amount_foreign + excluded.amount_foreign;
END $$;

-- Statistics of a table that many rows were just written to: without them the planner takes the rows of a new
-- company for one, and reads all of them for each. Only the owner may; others who do it are not waited for.
CREATE FUNCTION accounting_count_again(written text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    CASE written
        WHEN 'accounting_journalentry' THEN ANALYZE (SKIP_LOCKED) accounting_journalentry;
        WHEN 'accounting_entryline' THEN ANALYZE (SKIP_LOCKED) accounting_entryline;
    END CASE;
END $$;
REVOKE ALL ON FUNCTION accounting_count_again(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounting_count_again(text) TO rappen_app;

CREATE FUNCTION accounting_no_truncate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM accounting_raise('ledger.frozen', format('%s is never emptied', TG_TABLE_NAME));
    RETURN NULL;
END $$;

CREATE TRIGGER entries_stay BEFORE TRUNCATE ON accounting_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER lines_stay BEFORE TRUNCATE ON accounting_entryline
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
