-- What happened to an asset is only ever added. What came from the ledger without the register posting it (a purchase),
-- or was taken over, may be taken out of the register again; what the register posted is undone by its mirror image.
CREATE FUNCTION accounting_asset_movement_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.kind NOT IN ('opening', 'purchase') THEN
        PERFORM accounting_raise('assets.frozen', format('movement %s of asset %s', OLD.id, OLD.asset_id));
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER asset_movement_guard BEFORE UPDATE OR DELETE ON accounting_assetmovement
    FOR EACH ROW EXECUTE FUNCTION accounting_asset_movement_guard();

-- A run stays as it is; that it was reversed is said once.
CREATE FUNCTION accounting_depreciation_run_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.reversal_id IS NOT NULL
            OR to_jsonb(OLD) - 'reversal_id' <> to_jsonb(NEW) - 'reversal_id' THEN
        PERFORM accounting_raise('assets.frozen', format('depreciation run %s', OLD.id));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER depreciation_run_guard BEFORE UPDATE OR DELETE ON accounting_depreciationrun
    FOR EACH ROW EXECUTE FUNCTION accounting_depreciation_run_guard();
