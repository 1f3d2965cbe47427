-- Documents that went out stay as they are. What may still be said of them: the PDF, once; what became of an offer
-- or order; and whose they are, when contacts are merged.

CREATE FUNCTION accounting_document_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    may text[] := ARRAY['decision', 'contact_id', 'person_id', 'version'];
BEGIN
    IF OLD.status <> 'issued' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM accounting_raise('receivables.frozen', format('document %s is issued', OLD.number));
    END IF;
    IF OLD.file_id IS NULL THEN
        may := may || ARRAY['file_id'];
    END IF;
    IF to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
        PERFORM accounting_raise('receivables.frozen', format('document %s is issued', OLD.number));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER document_guard BEFORE UPDATE OR DELETE ON accounting_salesdocument
    FOR EACH ROW EXECUTE FUNCTION accounting_document_guard();

-- It goes over to another contact only because its own was merged into that one. Looked at when the transaction
-- ends, as the contact is marked after its documents have followed.
CREATE FUNCTION accounting_document_follows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pair record;
BEGIN
    FOR pair IN
        SELECT * FROM (VALUES (OLD.contact_id, NEW.contact_id), (OLD.person_id, NEW.person_id)) AS p (was, is_now)
        WHERE p.was IS DISTINCT FROM p.is_now
    LOOP
        PERFORM 1 FROM contacts_contact was
            JOIN contacts_contact now ON now.company_id = was.company_id AND now.id = pair.is_now
            WHERE was.company_id = NEW.company_id AND was.id = pair.was
              AND was.merged_into_id IN (now.id, now.merged_into_id);
        IF NOT FOUND THEN
            PERFORM accounting_raise('receivables.contact_kept',
                                     format('document %s follows its contact alone', OLD.number));
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER document_follows AFTER UPDATE ON accounting_salesdocument
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status = 'issued' AND (OLD.contact_id IS DISTINCT FROM NEW.contact_id
                                     OR OLD.person_id IS DISTINCT FROM NEW.person_id))
    EXECUTE FUNCTION accounting_document_follows();

CREATE FUNCTION accounting_document_line_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    line record;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM 1 FROM accounting_salesdocument d
            WHERE d.company_id = OLD.company_id AND d.id = OLD.document_id AND d.status = 'issued' FOR SHARE;
        IF FOUND THEN
            PERFORM accounting_raise('receivables.frozen', format('line %s is issued', OLD.id));
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM 1 FROM accounting_salesdocument d
            WHERE d.company_id = NEW.company_id AND d.id = NEW.document_id AND d.status = 'issued' FOR SHARE;
        IF FOUND THEN
            PERFORM accounting_raise('receivables.frozen', format('document %s is issued', NEW.document_id));
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER document_line_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_documentline
    FOR EACH ROW EXECUTE FUNCTION accounting_document_line_guard();

CREATE TRIGGER documents_stay BEFORE TRUNCATE ON accounting_salesdocument
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER document_lines_stay BEFORE TRUNCATE ON accounting_documentline
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();

-- Numbers of documents only go up, so that none is given twice.
CREATE FUNCTION accounting_number_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM accounting_raise('receivables.number_goes_back', format('none after %s', OLD.last));
    ELSIF NEW.last < OLD.last THEN
        PERFORM accounting_raise('receivables.number_goes_back', format('%s after %s', NEW.last, OLD.last));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER number_guard BEFORE UPDATE OR DELETE ON accounting_numbercount
    FOR EACH ROW EXECUTE FUNCTION accounting_number_guard();
