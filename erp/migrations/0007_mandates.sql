-- The firms of whoever is signed in. Definer, because the policies of the firms' own tables ask for it.
CREATE FUNCTION rappen_my_firms() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT firm_id FROM public.erp_firmstaff
    WHERE user_id = nullif(current_setting('rappen.user', true), '')::bigint
$$;
REVOKE ALL ON FUNCTION rappen_my_firms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_my_firms() TO rappen_app;

-- Finds the firm a client names by its code, before there is a mandate by which the client could see it.
CREATE FUNCTION rappen_find_firm(wanted text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM public.erp_firm WHERE code = wanted
$$;
REVOKE ALL ON FUNCTION rappen_find_firm(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_find_firm(text) TO rappen_app;

CREATE TRIGGER mandate_stays_ended BEFORE UPDATE ON erp_mandate FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION erp_stays_ended();
