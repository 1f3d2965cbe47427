-- The audit trail: only ever added to, each company's events linked into one chain.
--
-- erp_audit_record is the one way in. The runtime role has no INSERT on the table; the function runs as the
-- owner, for whom row-level security is forced as well, and asks besides whether the company is open.
--
-- An event gets its place at the commit, by a deferred trigger: the head of the audit chain is the last lock of
-- every transaction, after the head of the ledger, numbers, periods and totals, whatever was recorded first. So
-- nobody who holds it waits for anybody, and it is held only while the commit is written.

CREATE FUNCTION erp_audit_record(
    client bigint, moment timestamptz, who bigint, act text, about text, about_id bigint, told jsonb,
    from_address text, from_agent text, came_by text, request text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF client = ANY (nullif(current_setting('rappen.companies', true), '')::bigint[]) THEN
        INSERT INTO erp_auditevent (company_id, at, by_id, action, subject, subject_id, details, address, agent,
                via, request_id)
            VALUES (client, moment, who, act, about, about_id, told, from_address, from_agent, came_by, request);
    ELSE
        RAISE EXCEPTION 'company % is not open in this transaction', client USING ERRCODE = '42501';
    END IF;
END $$;
REVOKE ALL ON FUNCTION erp_audit_record(bigint, timestamptz, bigint, text, text, bigint, jsonb, text, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erp_audit_record(bigint, timestamptz, bigint, text, text, bigint, jsonb, text, text, text, text)
    TO rappen_app;

-- Link an event to the one before. The form has a name, rappen-audit-1, and is computed in erp/audit/chain.py, too.
CREATE FUNCTION erp_audit_link(event erp_auditevent) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    content bytea;
    place bigint;
    link bytea;
BEGIN
    content := sha256(convert_to(jsonb_build_array(
        'rappen-audit-1', event.company_id, event.id,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), event.by_id, event.action,
        event.subject, event.subject_id, event.address, event.agent, event.via, event.request_id, event.details
    )::text, 'UTF8'));
    LOOP
        UPDATE erp_audithead h SET position = h.position + 1,
                digest = sha256(h.digest || int8send(h.position + 1) || content)
            WHERE h.company_id = event.company_id RETURNING h.position, h.digest INTO place, link;
        EXIT WHEN FOUND;
        INSERT INTO erp_audithead (company_id, position, digest) VALUES (event.company_id, 0, ''::bytea)
            ON CONFLICT (company_id) DO NOTHING;
    END LOOP;
    UPDATE erp_auditevent e SET position = place, content_digest = content, digest = link WHERE e.id = event.id;
END $$;
REVOKE ALL ON FUNCTION erp_audit_link(erp_auditevent) FROM PUBLIC;

-- Runs as the owner, who alone may write here; the company was checked when the event came in, and another one
-- may be open by now.
CREATE FUNCTION erp_audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opened text := coalesce(current_setting('rappen.companies', true), '');
BEGIN
    PERFORM set_config('rappen.companies', '{' || NEW.company_id || '}', true);
    PERFORM erp_audit_link(NEW);
    PERFORM set_config('rappen.companies', opened, true);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION erp_audit_chain() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON erp_auditevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION erp_audit_chain();

-- Nothing changes and nothing goes; once, an event gets its place.
CREATE FUNCTION erp_audit_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
       AND (NEW.id, NEW.company_id, NEW.at, NEW.by_id, NEW.action, NEW.subject, NEW.subject_id, NEW.details,
            NEW.address, NEW.agent, NEW.via, NEW.request_id)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.company_id, OLD.at, OLD.by_id, OLD.action, OLD.subject, OLD.subject_id, OLD.details,
            OLD.address, OLD.agent, OLD.via, OLD.request_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit.frozen: event % stays as it is', OLD.id USING ERRCODE = 'P0001', HINT = 'audit.frozen';
END $$;

CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON erp_auditevent
    FOR EACH ROW EXECUTE FUNCTION erp_audit_guard();

-- The head goes forward by one place at a time.
CREATE FUNCTION erp_audit_head_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.company_id = OLD.company_id AND NEW.position = OLD.position + 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit.frozen: the head only goes forward' USING ERRCODE = 'P0001', HINT = 'audit.frozen';
END $$;

CREATE TRIGGER audit_head_guard BEFORE UPDATE OR DELETE ON erp_audithead
    FOR EACH ROW EXECUTE FUNCTION erp_audit_head_guard();

CREATE FUNCTION erp_log_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'audit.frozen: % is only ever added to', TG_TABLE_NAME
        USING ERRCODE = 'P0001', HINT = 'audit.frozen';
END $$;

CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE ON erp_accesslogentry
    FOR EACH ROW EXECUTE FUNCTION erp_log_stays();
CREATE TRIGGER access_log_never_emptied BEFORE TRUNCATE ON erp_accesslogentry
    FOR EACH STATEMENT EXECUTE FUNCTION erp_log_stays();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON erp_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION erp_log_stays();
CREATE TRIGGER audit_head_never_emptied BEFORE TRUNCATE ON erp_audithead
    FOR EACH STATEMENT EXECUTE FUNCTION erp_log_stays();

-- Events from before there was a chain, in the order they came in.
DO $$
DECLARE
    client bigint;
    event erp_auditevent;
BEGIN
    FOR client IN SELECT rappen_company_numbers() LOOP
        PERFORM set_config('rappen.companies', '{' || client || '}', true);
        FOR event IN SELECT * FROM erp_auditevent WHERE position IS NULL ORDER BY id LOOP
            PERFORM erp_audit_link(event);
        END LOOP;
    END LOOP;
    PERFORM set_config('rappen.companies', '', true);
END $$;
