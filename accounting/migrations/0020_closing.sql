-- A closed year stays closed (OR 957a, 958f): its periods open only after its closing was taken back, and a
-- closing changes by being taken back alone, once. Postings are kept out by the periods' locks, which the
-- guard of entries takes before it looks. Years are closed one after another and taken back from the last on.

CREATE FUNCTION accounting_closed_period_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.lock = 'locked' AND NEW.fiscal_year_id = OLD.fiscal_year_id
            AND NEW.start = OLD.start AND NEW."end" = OLD."end" THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM accounting_yearclosing c
               WHERE c.company_id = OLD.company_id AND c.fiscal_year_id = OLD.fiscal_year_id
                 AND c.reopened_at IS NULL) THEN
        PERFORM accounting_raise('ledger.year_closed', format('%s', OLD.start));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER closed_period_guard BEFORE UPDATE OR DELETE ON accounting_period
    FOR EACH ROW EXECUTE FUNCTION accounting_closed_period_guard();

CREATE FUNCTION accounting_year_closing_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Who opens a period at this moment is waited for, or waits and finds the year closed.
        PERFORM 1 FROM accounting_period p
            WHERE p.company_id = NEW.company_id AND p.fiscal_year_id = NEW.fiscal_year_id
            ORDER BY p.id FOR SHARE;
        IF NEW.reopened_at IS NULL AND EXISTS (
                SELECT FROM accounting_period p
                WHERE p.company_id = NEW.company_id AND p.fiscal_year_id = NEW.fiscal_year_id
                  AND p.lock <> 'locked') THEN
            PERFORM accounting_raise('ledger.year_open', 'a year is closed when all its periods are locked');
        END IF;
        SELECT earlier.id INTO before
            FROM accounting_fiscalyear y
            JOIN accounting_fiscalyear earlier
              ON earlier.company_id = y.company_id AND earlier."end" < y.start
            WHERE y.company_id = NEW.company_id AND y.id = NEW.fiscal_year_id
            ORDER BY earlier."end" DESC LIMIT 1;
        IF NEW.reopened_at IS NULL AND before IS NOT NULL THEN
            -- Who takes the year before back at this moment is waited for, or waits and finds this closing.
            PERFORM 1 FROM accounting_yearclosing c
                WHERE c.company_id = NEW.company_id AND c.fiscal_year_id = before AND c.reopened_at IS NULL
                FOR SHARE;
            IF NOT FOUND THEN
                PERFORM accounting_raise('ledger.year_before_open', 'years are closed one after another');
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.reopened_at IS NULL AND NEW.reopened_at IS NOT NULL
            AND (to_jsonb(NEW) - 'reopened_at' - 'reopened_by_id' - 'reason')
              = (to_jsonb(OLD) - 'reopened_at' - 'reopened_by_id' - 'reason') THEN
        IF EXISTS (
                SELECT FROM accounting_yearclosing c
                JOIN accounting_fiscalyear later ON later.company_id = c.company_id AND later.id = c.fiscal_year_id
                JOIN accounting_fiscalyear y ON y.company_id = c.company_id AND y.id = OLD.fiscal_year_id
                WHERE c.company_id = OLD.company_id AND c.reopened_at IS NULL AND later.start > y."end") THEN
            PERFORM accounting_raise('ledger.later_year_closed', 'years are taken back from the last on');
        END IF;
        RETURN NEW;
    END IF;
    PERFORM accounting_raise('ledger.closing_frozen', format('closing %s never changes', OLD.id));
    RETURN NULL;
END $$;

CREATE TRIGGER year_closing_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_yearclosing
    FOR EACH ROW EXECUTE FUNCTION accounting_year_closing_guard();
