import Postgres
import Scoring
import Tenancy

/// How evaluators and judges are read alike: the table is `i`, its owner `o`, its version `v`, the version's author `a`.
struct ItemRow {
    private let kind: ItemKind

    init(_ kind: ItemKind) { self.kind = kind }

    static let versionColumns: SQL = """
        v.id AS version_id, v.number AS version_number, v.created_at AS version_created_at, v.change_note, \
        a.id AS author_id, a.email AS author_email, a.full_name AS author_full_name
        """

    /// `SELECT … FROM …` of items at their current versions, in the eyes of an organisation.
    func selection(for organization: OrganizationID) -> SQL {
        """
        SELECT i.id, i.name, i.organization_id, i.project_id, i.version_count, i.created_at, i.deleted_at, \
        o.id AS owner_id, o.email AS owner_email, o.full_name AS owner_full_name, \
        \(fragment: Self.versionColumns), \(fragment: ownColumns)
        FROM \(fragment: table) i
        JOIN \(fragment: versionTable) v ON v.id = i.current_version_id
        JOIN users o ON o.id = i.owner_id
        JOIN users a ON a.id = v.created_by\(fragment: ownJoins(for: organization))
        """
    }

    var versionTable: SQL {
        switch kind {
        case .evaluator: "evaluator_versions"
        case .judge: "judge_versions"
        }
    }

    /// The column of the version's table that names the item.
    var owningColumn: SQL {
        switch kind {
        case .evaluator: "evaluator_id"
        case .judge: "judge_id"
        }
    }

    /// Whether `i` is meant for lists.
    var isListed: SQL? {
        switch kind {
        case .evaluator: "NOT i.is_hidden"
        case .judge: nil
        }
    }

    /// Whether others than the owning organisation see `i`.
    var isShared: SQL {
        switch kind {
        case .evaluator: "(i.is_root OR i.visibility = 'public')"
        case .judge: "i.visibility = 'public'"
        }
    }

    /// Whether `i` is of the origin; without one, whether it is the organisation's own or built in.
    func scope(of origin: ItemOrigin?, for organization: OrganizationID) -> SQL {
        switch (kind, origin) {
        case (.evaluator, nil): "(i.organization_id = \(organization) OR i.is_root)"
        case (.evaluator, .preset): "i.is_root"
        case (.evaluator, .own): "i.organization_id = \(organization) AND NOT i.is_root"
        case (.evaluator, .published):
            "i.visibility = 'public' AND i.organization_id <> \(organization) AND NOT i.is_root"
        case (.judge, nil), (.judge, .own): "i.organization_id = \(organization)"
        // No judge is built in.
        case (.judge, .preset): "false"
        case (.judge, .published): "i.visibility = 'public' AND i.organization_id <> \(organization)"
        }
    }

    private var table: SQL {
        switch kind {
        case .evaluator: "evaluators"
        case .judge: "judges"
        }
    }

    private var ownColumns: SQL {
        switch kind {
        case .evaluator:
            "i.is_root, v.models, array_remove(ARRAY[v.code->>'kind'], NULL) AS code_kinds, 0 AS evaluator_count, coalesce(u.judge_count, 0)::int AS judge_count"
        case .judge:
            """
            false AS is_root, 0 AS judge_count, \
            (SELECT count(*)::int FROM judge_version_evaluators r
                JOIN evaluators e ON e.id = r.evaluator_id AND e.deleted_at IS NULL
                WHERE r.judge_version_id = v.id) AS evaluator_count, \
            ARRAY(SELECT DISTINCT m.model FROM judge_version_evaluators r
                JOIN evaluators e ON e.id = r.evaluator_id AND e.deleted_at IS NULL
                JOIN evaluator_versions ev ON ev.id = coalesce(r.evaluator_version_id, e.current_version_id)
                CROSS JOIN unnest(ev.models) AS m (model)
                WHERE r.judge_version_id = v.id ORDER BY m.model) AS models, \
            ARRAY(SELECT ev.code->>'kind' FROM judge_version_evaluators r
                JOIN evaluators e ON e.id = r.evaluator_id AND e.deleted_at IS NULL
                JOIN evaluator_versions ev ON ev.id = coalesce(r.evaluator_version_id, e.current_version_id)
                WHERE r.judge_version_id = v.id AND ev.code IS NOT NULL ORDER BY r.position) AS code_kinds
            """
        }
    }

    /// The organisation's judges are counted once for all evaluators: built-in ones are in judges of everybody.
    private func ownJoins(for organization: OrganizationID) -> SQL {
        switch kind {
        case .evaluator:
            """

            LEFT JOIN (
                SELECT r.evaluator_id, count(DISTINCT j.id) AS judge_count FROM judges j
                JOIN judge_version_evaluators r ON r.judge_version_id = j.current_version_id
                WHERE j.organization_id = \(organization) AND j.deleted_at IS NULL
                GROUP BY r.evaluator_id
            ) u ON u.evaluator_id = i.id
            """
        case .judge: ""
        }
    }
}
