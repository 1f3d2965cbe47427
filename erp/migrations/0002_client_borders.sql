-- SECURITY DEFINER functions: this one, because an operator names a company before any is visible.
CREATE FUNCTION rappen_find_company(reference text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM public.erp_company
    WHERE short_name = reference OR id::text = reference
    ORDER BY (id::text = reference) DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION rappen_find_company(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_find_company(text) TO rappen_app;

-- Lists companies for jobs that run for each client in turn; tells nothing but numbers.
CREATE FUNCTION rappen_company_numbers() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM public.erp_company ORDER BY id
$$;
REVOKE ALL ON FUNCTION rappen_company_numbers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_company_numbers() TO rappen_app;

-- Row-level security is forced upon the owner, too; these functions may look over the fence of this one table.
CREATE POLICY erp_company_lookup ON erp_company FOR SELECT TO CURRENT_USER USING (true);
