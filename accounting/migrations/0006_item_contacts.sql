-- An item goes over to another contact only because its own was merged into that one. Looked at when the
-- transaction ends: the items follow before the contact is marked as merged, and that one may be merged in turn.
CREATE FUNCTION accounting_item_follows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM contacts_contact was
        JOIN contacts_contact now ON now.company_id = was.company_id AND now.id = NEW.contact_id
        WHERE was.company_id = NEW.company_id AND was.id = OLD.contact_id
          AND was.merged_into_id IN (now.id, now.merged_into_id);
    IF NOT FOUND THEN
        PERFORM accounting_raise('items.contact_kept', format('item %s follows its contact alone', OLD.id));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER item_follows AFTER UPDATE OF contact_id ON accounting_openitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id)
    EXECUTE FUNCTION accounting_item_follows();

-- Planned anew each time: a plan that was made while a table was small would be used for a large take-over, too.
ALTER FUNCTION accounting_items_fit_line() SET plan_cache_mode = force_custom_plan;
