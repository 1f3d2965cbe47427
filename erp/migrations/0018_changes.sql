-- Notes what a statement has changed: once per record, the last change of it. Runs with the owner's rights, so that
-- the program can neither forge a change nor hide one; row-level security is forced and binds the owner, too.
--
-- Arguments: resource; 'own' for the table of the records themselves, 'part' for what belongs to one; a SELECT of
-- company and record from {rows}. Only the owner makes triggers of it: EXECUTE is revoked from everybody.
CREATE FUNCTION erp_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    itself constant boolean := TG_ARGV[1] = 'own';
    is_gone constant boolean := itself AND TG_OP = 'DELETE';
    mine constant bigint := pg_current_xact_id()::text::bigint;
    written constant text := CASE TG_OP WHEN 'INSERT' THEN 'is_now' WHEN 'DELETE' THEN 'was'
        ELSE CASE WHEN itself THEN 'is_now' ELSE '(SELECT * FROM was UNION ALL SELECT * FROM is_now)' END END;
    companies bigint[];
    records bigint[];
BEGIN
    EXECUTE 'SELECT array_agg(r.company_id), array_agg(r.record)
        FROM (' || replace(TG_ARGV[2], '{rows}', written) || ') AS r(company_id, record) WHERE r.record IS NOT NULL'
        INTO companies, records;
    IF records IS NULL THEN
        RETURN NULL;
    END IF;
    -- Within a transaction a record is noted once. What is gone stays gone, whatever becomes of its parts.
    -- Apart from the above, so that its plan is made once for a connection.
    INSERT INTO public.erp_change AS c (company_id, resource, record, place, gone, at)
        SELECT DISTINCT t.company, TG_ARGV[0], t.touched, mine, is_gone, statement_timestamp()
        FROM unnest(companies, records) AS t(company, touched)
        WHERE NOT EXISTS (
            SELECT FROM public.erp_change k
            WHERE k.company_id = t.company AND k.resource = TG_ARGV[0] AND k.record = t.touched
              AND k.place = mine AND (k.gone = is_gone OR k.gone AND NOT itself)
        )
        ORDER BY 1, 3
        ON CONFLICT (company_id, resource, record) DO UPDATE
            SET place = excluded.place, at = excluded.at, gone = excluded.gone OR c.gone AND NOT itself;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION erp_follow() FROM PUBLIC;

-- Forgets tombstones of the open companies from before a day, and notes up to where; how many they were.
CREATE FUNCTION rappen_forget_changes(before timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    WITH old AS (
        DELETE FROM public.erp_change WHERE gone AND at < before RETURNING company_id, resource, place
    ), floors AS (
        INSERT INTO public.erp_changefloor AS f (company_id, resource, place, era)
        SELECT company_id, resource, max(place), 0 FROM old GROUP BY 1, 2
        ON CONFLICT (company_id, resource) DO UPDATE SET place = greatest(f.place, excluded.place)
    )
    SELECT count(*) INTO forgotten FROM old;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION rappen_forget_changes(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_forget_changes(timestamptz) TO rappen_app;

-- Voids all cursors of an open company: its books were imported, or are other ones than those that were told.
CREATE FUNCTION rappen_begin_changes_anew(company bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.erp_changefloor AS f (company_id, resource, place, era) VALUES (company, '', 0, 1)
    ON CONFLICT (company_id, resource) DO UPDATE SET era = f.era + 1
$$;
REVOKE ALL ON FUNCTION rappen_begin_changes_anew(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_begin_changes_anew(bigint) TO rappen_app;
