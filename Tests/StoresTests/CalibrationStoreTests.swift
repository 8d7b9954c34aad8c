import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Tenancy
import Testing

/// Which labels a calibration run compares with, and what its examples look like.
@Suite struct CalibrationStoreTests {
    /// A dataset with one item for each of `values`, labelled with it; `nil` for none.
    private func labelled(_ values: [Double?], _ tenant: Tenant) async throws -> (DatasetID, [DatasetItem]) {
        let dataset = try await tenant.dataset()
        let new = values.enumerated().map { index, value in
            NewDatasetItem(
                DatasetItemContent(request: "Why \(index)?", response: "Because \(index)."),
                label: value.map { ItemLabel(value: $0) })
        }
        let added = try await DatasetStore(database: tenant.world.database).add(
            new, by: tenant.owner.id, to: dataset, in: tenant.organization, identifiers: tenant.world.identifiers)
        return (dataset, try #require(added))
    }

    /// A run over the source; how many examples it has, and how many items it skips.
    private func start(
        _ source: CalibrationSource, _ tenant: Tenant, evaluator: EvaluatorID? = nil, config: ScoreConfigID? = nil
    ) async throws -> (BatchID, examples: Int, skipped: Int) {
        let (id, date) = tenant.world.identifiers.nextDated(Batch.self)
        let run = NewCalibrationRun(
            id: id, organizationID: tenant.organization,
            evaluatorID: evaluator ?? tenant.world.identifiers.next(), evaluatorVersionID: nil, definition: nil,
            comparisonGroup: "tries", scoreConfigID: config, source: source, threshold: 0.5, createdAt: date)
        let counts = try await tenant.world.database.transaction { connection in
            try await CalibrationStore.create(run, on: connection)
            let counts = try await CalibrationStore.gather(run, on: connection)
            try await connection.execute(
                """
                INSERT INTO batches (id, organization_id, project_id, owner_id, kind, queue, definition, state, total, \
                created_at)
                VALUES (\(id), \(tenant.organization), \(tenant.project), \(tenant.owner.id), 'calibration', \
                'evaluations', '{}', 'expanding', \(counts.examples + 1), \(date))
                """)
            return counts
        }
        return (id, counts.examples, counts.skipped)
    }

    private func label(
        _ target: Annotation.Target, _ value: Double, by author: UserReference, _ tenant: Tenant,
        status: Annotation.Status = .published, config: ScoreConfigID? = nil
    ) async throws {
        let standard = try #require(try await ScoreConfigStore(database: tenant.world.database).standard())
        let (id, date) = tenant.world.identifiers.nextDated(Annotation.self)
        let isStored = try await AnnotationStore(database: tenant.world.database).create(
            Annotation(
                id: id, target: target, scoreConfigID: config ?? standard.id,
                verdict: Verdict(value: value, category: nil), rationale: "", status: status, author: author,
                createdAt: date, updatedAt: date), in: tenant.organization)
        #expect(isStored)
    }

    @Test func theNewestPublishedLabelOfEachPersonCountsAndTheirMeanIsCompared() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let second = try await tenant.colleague()
            let (dataset, items) = try await labelled([0.2, 0.9, nil, 0.5], tenant)
            try await label(.datasetItem(items[0].id), 0.4, by: tenant.owner.reference, tenant)
            try await label(.datasetItem(items[0].id), 1, by: second, tenant)
            try await label(.datasetItem(items[1].id), 0, by: second, tenant, status: .draft)
            _ = try await DatasetStore(database: world.database).archive(
                items[3].id, of: dataset, in: tenant.organization)

            let (run, examples, skipped) = try await start(.dataset(dataset), tenant)
            #expect(examples == 2 && skipped == 1)
            let found = try await CalibrationItemStore(database: world.database).list(
                of: run, in: tenant.organization, page: PageRequest(limit: 10))
            let values = Dictionary(uniqueKeysWithValues: found.items.map { ($0.datasetItemID, $0.humanValue) })
            #expect(values == [items[0].id: 0.7, items[1].id: 0.9])
        }
    }

    @Test func aLabelStaysWithItsItemWhenTheItemIsEdited() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (dataset, items) = try await labelled([0.25], tenant)
            let revised = try #require(
                try await DatasetStore(database: world.database).revise(
                    items[0].id, of: dataset, to: DatasetItemContent(response: "Better."), in: tenant.organization,
                    identifiers: world.identifiers))
            let (run, examples, _) = try await start(.dataset(dataset), tenant)
            #expect(examples == 1)
            let example = try await CalibrationItemStore(database: world.database).example(
                at: BatchPlace(batchID: run, index: 0), in: tenant.organization)
            #expect(example?.input.response == "Better." && example?.humanValue == 0.25)
            let labels = try await AnnotationStore(database: world.database).published(
                of: [revised.externalID], in: tenant.organization)
            #expect(labels[revised.externalID]?.map(\.verdict.value) == [0.25])
        }
    }

    @Test func valuesAreComparedOnTheScaleFromZeroToOne() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (dataset, items) = try await labelled([nil], tenant)
            let (id, date) = world.identifiers.nextDated(ScoreConfig.self)
            try await ScoreConfigStore(database: world.database).create(
                ScoreConfig(
                    id: id, organizationID: tenant.organization, name: "Stars",
                    scale: try .checked(.continuous, minimum: 1, maximum: 5, categories: []), isDefault: false,
                    createdAt: date))
            try await label(.datasetItem(items[0].id), 4, by: tenant.owner.reference, tenant, config: id)
            for config in [id, nil] {
                let (run, examples, _) = try await start(.dataset(dataset), tenant, config: config)
                #expect(examples == 1)
                let item = try await CalibrationItemStore(database: world.database).list(
                    of: run, in: tenant.organization, page: PageRequest(limit: 1)
                ).items.first
                #expect(item?.humanValue == 0.75)
            }
            await #expect(throws: Conflict.self) {
                try await ScoreConfigStore(database: world.database).delete(id, of: tenant.organization)
            }
        }
    }

    @Test func pagesBeginWithTheGreatestDisagreementAndLoseNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (dataset, _) = try await labelled((0..<25).map { _ in 0.5 }, tenant)
            let (run, _, _) = try await start(.dataset(dataset), tenant)
            let items = CalibrationItemStore(database: world.database)
            for index in 0..<20 {
                try await world.database.withConnection { connection in
                    try await CalibrationItemStore.record(
                        // Some are alike, and some differ by less than a microsecond of the place in the list.
                        score: index < 5 ? 1.0 / 3 : Double(index) / 20, justification: "So.",
                        log: world.identifiers.next(), of: BatchPlace(batchID: run, index: index), on: connection)
                }
            }
            var seen: [CalibrationItem] = []
            var page = PageRequest(limit: 7)
            while true {
                let slice = try await items.list(of: run, in: tenant.organization, page: page)
                seen += slice.items
                guard slice.hasNext, let last = slice.items.last else { break }
                page = PageRequest(limit: 7, position: .after(last.keyset))
            }
            #expect(Set(seen.map(\.id)).count == 25 && seen.count == 25)
            let apart = seen.map { $0.disagreement ?? -1 }
            #expect(zip(apart, apart.dropFirst()).allSatisfy { $0 >= $1 - 1e-6 })
            #expect(apart.suffix(5).allSatisfy { $0 == -1 })
        }
    }

    @Test func labelledExecutionsOfTheEvaluatorAreExamplesToo() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluator = EvaluatorID(uuid: world.identifiers.uuid())
            let item = ExecutedItem(id: evaluator.uuid, versionID: nil, name: "Mine")
            let (log, other) = (tenant.log(item: item), tenant.log())
            try await tenant.write(log)
            try await tenant.write(other)
            for target in [log.id, other.id] {
                try await label(.executionLog(target), 0.5, by: tenant.owner.reference, tenant)
            }
            let (run, examples, _) = try await start(.logs, tenant, evaluator: evaluator)
            #expect(examples == 1)
            let example = try await CalibrationItemStore(database: world.database).example(
                at: BatchPlace(batchID: run, index: 0), in: tenant.organization)
            #expect(example?.input.request == "question" && example?.input.response == "answer")
        }
    }

    @Test func anotherOrganisationSeesNeitherLabelsNorRuns() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let (dataset, items) = try await labelled([0.5], tenant)
            let (run, _, _) = try await start(.dataset(dataset), tenant)
            let (_, foreign, _) = try await start(.dataset(dataset), other)
            #expect(foreign == 0)
            #expect(try await CalibrationStore(database: world.database).find(run, in: other.organization) == nil)
            let annotations = AnnotationStore(database: world.database)
            #expect(
                try await annotations.published(of: items.map(\.externalID), in: other.organization).isEmpty)
            let (id, date) = world.identifiers.nextDated(Annotation.self)
            let standard = try #require(try await ScoreConfigStore(database: world.database).standard())
            let isStored = try await annotations.create(
                Annotation(
                    id: id, target: .datasetItem(items[0].id), scoreConfigID: standard.id,
                    verdict: Verdict(value: 1, category: nil), rationale: "", status: .published,
                    author: other.owner.reference, createdAt: date, updatedAt: date), in: other.organization)
            #expect(!isStored)
        }
    }

    @Test func aDatasetWhoseFileIsStillReadIsSeenByNobody() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = DatasetStore(database: world.database)
            let id = world.identifiers.next(DatasetMarker.self)
            let begun = Dataset(
                id: id, organizationID: tenant.organization, projectID: tenant.project,
                owner: tenant.owner.reference, name: nil, createdAt: Date())
            try await store.create(begun, isComplete: false)
            #expect(try await store.find(id, in: tenant.organization) == nil)
            let isCompleted = try await store.complete(
                Dataset(
                    id: id, organizationID: tenant.organization, projectID: tenant.project,
                    owner: tenant.owner.reference, name: "Read", tags: ["a"], createdAt: begun.createdAt))
            #expect(isCompleted)
            let found = try await store.find(id, in: tenant.organization)
            #expect(found?.name == "Read" && found?.tags == ["a"])
        }
    }
}

extension Tenant {
    /// Another person of the organisation.
    func colleague() async throws -> UserReference {
        let id = world.identifiers.next(User.self)
        let email = "colleague-\(id)@example.com"
        try await world.database.execute(
            """
            INSERT INTO users (id, organization_id, email, full_name, role, created_at)
            VALUES (\(id), \(organization), \(email), 'Carla Colleague', 'annotator', now())
            """)
        return UserReference(id: id, email: email, fullName: "Carla Colleague")
    }
}
