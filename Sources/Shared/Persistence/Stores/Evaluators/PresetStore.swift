import CodeScoring
package import FoundationEssentials
import JSON
package import Postgres
import Scoring
import Tenancy

/// Brings the built-in evaluators of this release into the database.
package struct PresetStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores what is missing, and a new version of each evaluator whose wording changed since the last release.
    /// Running it again changes nothing. `moment` is when new versions of what exists already were made.
    package func seed(at moment: Date) async throws { try await seed(PresetCatalogue.evaluators, at: moment) }

    func seed(_ presets: [PresetEvaluator], at moment: Date) async throws {
        try await database.transaction { connection in
            // One at a time: two daemons that start together would both find evaluators missing.
            try await connection.execute("SELECT pg_advisory_xact_lock(hashtext('preset evaluators'))")
            try await connection.execute(Self.ownerInsertion)
            try await connection.execute(Self.objectivesInsertion(presets))
            try await connection.execute(Self.objectiveVersionsInsertion(presets, at: moment))
            try await connection.execute(Self.evaluatorsInsertion(presets, at: moment))
            try await connection.execute(Self.evaluatorVersionsInsertion(presets, at: moment))
        }
    }

    private static var ownerInsertion: SQL {
        let owner = PresetCatalogue.owner
        let epoch = PresetCatalogue.creationDate(at: 0)
        return """
            WITH organization AS (
                INSERT INTO organizations (id, name, created_at)
                VALUES (\(PresetCatalogue.organizationID), \(PresetCatalogue.organizationName), \(epoch))
                ON CONFLICT DO NOTHING
            ), owner AS (
                INSERT INTO users (id, organization_id, email, full_name, role, is_disabled, disabled_at, \
                    created_at)
                VALUES (\(owner.id), \(PresetCatalogue.organizationID), \(owner.email), \(owner.fullName), \
                \(Role.owner), true, \(epoch), \(epoch))
                ON CONFLICT DO NOTHING
            )
            INSERT INTO projects (id, organization_id, name, is_default, owner_id, created_at)
            VALUES (\(PresetCatalogue.projectID), \(PresetCatalogue.organizationID), 'Presets', true, \(owner.id), \
            \(epoch))
            ON CONFLICT DO NOTHING
            """
    }

    private static func objectivesInsertion(_ presets: [PresetEvaluator]) -> SQL {
        """
        INSERT INTO objectives AS stored
            (id, organization_id, project_id, owner_id, current_version_id, created_at)
        SELECT preset.id, \(PresetCatalogue.organizationID), \(PresetCatalogue.projectID), \
        \(PresetCatalogue.owner.id), preset.version_id, preset.created_at
        FROM unnest(\(presets.map(\.objectiveID)), \(presets.map(\.objectiveVersionID)), \(dates(of: presets)))
            AS preset (id, version_id, created_at)
        ON CONFLICT (id) DO UPDATE
        SET current_version_id = excluded.current_version_id, version_count = stored.version_count + 1
        WHERE stored.current_version_id <> excluded.current_version_id
        """
    }

    private static func objectiveVersionsInsertion(_ presets: [PresetEvaluator], at moment: Date) -> SQL {
        """
        INSERT INTO objective_versions
            (id, objective_id, organization_id, number, intent, created_by, created_at)
        SELECT preset.version_id, stored.id, stored.organization_id, stored.version_count, preset.intent, \
        stored.owner_id, CASE WHEN stored.version_count = 1 THEN stored.created_at ELSE \(moment) END
        FROM unnest(\(presets.map(\.objectiveID)), \(presets.map(\.objectiveVersionID)), \(presets.map(\.intent)))
            AS preset (id, version_id, intent)
        JOIN objectives stored ON stored.id = preset.id
        ON CONFLICT (id) DO NOTHING
        """
    }

    private static func evaluatorsInsertion(_ presets: [PresetEvaluator], at moment: Date) -> SQL {
        """
        INSERT INTO evaluators AS stored
            (id, organization_id, project_id, owner_id, visibility, is_root, is_hidden, name, lenient_name, \
        current_version_id, created_at)
        SELECT preset.id, \(PresetCatalogue.organizationID), \(PresetCatalogue.projectID), \
        \(PresetCatalogue.owner.id), 'public', true, preset.is_hidden, preset.name, preset.lenient_name, \
        preset.version_id, preset.created_at
        FROM unnest(\(presets.map(\.id)), \(presets.map(\.isSuperseded)), \(presets.map(\.name)), \
        \(presets.map { LenientName.of($0.name) }), \(presets.map(\.versionID)), \(dates(of: presets)))
            AS preset (id, is_hidden, name, lenient_name, version_id, created_at)
        ON CONFLICT (id) DO UPDATE
        SET name = excluded.name, lenient_name = excluded.lenient_name, is_hidden = excluded.is_hidden,
            created_at = excluded.created_at, current_version_id = excluded.current_version_id,
            version_count = stored.version_count
                + CASE WHEN stored.current_version_id <> excluded.current_version_id THEN 1 ELSE 0 END,
            updated_at = CASE WHEN stored.current_version_id <> excluded.current_version_id THEN \(moment)
                ELSE stored.updated_at END
        WHERE (stored.current_version_id, stored.is_hidden, stored.created_at)
            IS DISTINCT FROM (excluded.current_version_id, excluded.is_hidden, excluded.created_at)
        """
    }

    private static func evaluatorVersionsInsertion(_ presets: [PresetEvaluator], at moment: Date) -> SQL {
        """
        INSERT INTO evaluator_versions (\(fragment: EvaluatorStore.versionColumns))
        SELECT preset.version_id, stored.id, stored.organization_id, stored.version_count, preset.name, \
        preset.criteria, preset.code::json, '{}', preset.behavior, preset.objective_id, NULL, '{}', NULL, NULL, '', \
        stored.owner_id, \
        CASE WHEN stored.version_count = 1 THEN stored.created_at ELSE \(moment) END
        FROM unnest(\(presets.map(\.id)), \(presets.map(\.versionID)), \(presets.map(\.name)), \
        \(presets.map(\.criteria.text)), \(presets.map { $0.code?.json.description }), \
        \(presets.map(\.behavior)), \(presets.map(\.objectiveID)))
            AS preset (id, version_id, name, criteria, code, behavior, objective_id)
        JOIN evaluators stored ON stored.id = preset.id
        ON CONFLICT (id) DO NOTHING
        """
    }

    private static func dates(of presets: [PresetEvaluator]) -> [Date] {
        presets.indices.map(PresetCatalogue.creationDate(at:))
    }
}
