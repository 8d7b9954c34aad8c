import FoundationEssentials
import Postgres
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct ItemStoreTests {
    private func names(
        _ kind: ItemKind, _ tenant: Tenant, _ edit: (inout ItemFilter) -> Void = { _ in }
    ) async throws -> [String] {
        var filter = ItemFilter()
        edit(&filter)
        let store = ItemStore(database: tenant.world.database)
        return try await store.list(kind, readableBy: tenant.organization, filter, page: PageRequest(limit: 500))
            .items.map(\.name)
    }

    private func find(_ kind: ItemKind, _ id: UUID, _ tenant: Tenant) async throws -> ItemSummary {
        let store = ItemStore(database: tenant.world.database)
        return try #require(try await store.find(kind, id, readableBy: tenant.organization))
    }

    @Test func ownOnesComeBeforeThePresetsAndAreToldApart() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            try await tenant.evaluator("Older")
            try await tenant.evaluator("Newer")
            try await other.evaluator("Foreign \(other.organization)", visibility: .public)
            let presets = PresetCatalogue.evaluators.filter { !$0.isSuperseded }.map(\.name)
            #expect(try await names(.evaluator, tenant) == ["Newer", "Older"] + presets)
            #expect(try await names(.evaluator, tenant) { $0.origin = .own } == ["Newer", "Older"])
            #expect(try await names(.evaluator, tenant) { $0.origin = .preset } == presets)
            let published = try await names(.evaluator, tenant) {
                $0.origin = .published
                $0.namePart = "\(other.organization)"
            }
            #expect(published == ["Foreign \(other.organization)"])
            let page = try await ItemStore(database: world.database).list(
                .evaluator, readableBy: tenant.organization, ItemFilter(), page: PageRequest(limit: 500))
            let origins = page.items.map { $0.origin(for: tenant.organization) }
            #expect(origins == [.own, .own] + presets.map { _ in ItemOrigin.preset })
        }
    }

    @Test func aPartOfTheNameAndTheProjectNarrow() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await tenant.evaluator("Tone of voice")
            try await tenant.evaluator("100% brevity")
            #expect(try await names(.evaluator, tenant) { $0.namePart = "TONE" } == ["Tone of voice"])
            #expect(try await names(.evaluator, tenant) { $0.namePart = "0%" } == ["100% brevity"])
            #expect(try await names(.evaluator, tenant) { $0.projectID = tenant.project }.count == 2)
            #expect(
                try await names(.evaluator, tenant) { $0.projectID = ProjectID(uuid: UUID()) }.isEmpty,
                "presets are in no project of the organisation's")
        }
    }

    @Test func anEvaluatorsRowSaysWhoUsesItAndWhoChangedItLast() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let evaluator = try await tenant.evaluator("Tone")
            let reference = EvaluatorReference(id: evaluator.id, pinned: nil)
            try await tenant.judge("One", [reference, reference])
            try await tenant.judge("Two", [EvaluatorReference(id: evaluator.id, pinned: evaluator.version.id)])
            let change = tenant.change(of: evaluator) {
                $0.name = "Tone 2"
                $0.models = ["root", "other"]
                $0.changeNote = "Stricter."
            }
            #expect(try await EvaluatorStore(database: world.database).addVersion(change))
            let item = try await find(.evaluator, evaluator.id.uuid, tenant)
            #expect(item.name == "Tone 2" && item.models == ["root", "other"])
            #expect(item.version.number == 2 && item.versionCount == 2 && item.version.changeNote == "Stricter.")
            #expect(item.version.id == change.versionID.uuid && item.version.author == tenant.owner.reference)
            #expect(item.judgeCount == 2 && item.evaluatorCount == 0)
            #expect(item.projectID == tenant.project && item.owner == tenant.owner.reference)

            let preset = try #require(PresetCatalogue.evaluators.first)
            try await other.judge("Theirs", [EvaluatorReference(id: preset.id, pinned: nil)])
            #expect(try await find(.evaluator, preset.id.uuid, tenant).judgeCount == 0, "others' judges are not ours")
            let store = ItemStore(database: world.database)
            let judges = try await store.judges(having: [evaluator.id, preset.id], in: tenant.organization)
            #expect(judges[evaluator.id]?.map(\.name) == ["One", "Two"] && judges[preset.id] == nil)
        }
    }

    @Test func aJudgesRowCountsItsEvaluatorsAndNamesTheirModels() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (a, b) = (try await tenant.evaluator("A"), try await tenant.evaluator("B"))
            let evaluators = EvaluatorStore(database: world.database)
            #expect(try await evaluators.addVersion(tenant.change(of: a) { $0.models = ["large", "small"] }))
            let id = try await tenant.judge(
                "Panel", [a, b].map { EvaluatorReference(id: $0.id, pinned: nil) })
            var judge = try await find(.judge, id.uuid, tenant)
            #expect(judge.evaluatorCount == 2 && judge.models == ["large", "root", "small"] && judge.judgeCount == 0)
            #expect(try await evaluators.delete(a.id, in: tenant.organization, at: Date()))
            judge = try await find(.judge, id.uuid, tenant)
            #expect(judge.evaluatorCount == 1 && judge.models == ["root"])
            #expect(try await names(.judge, tenant) == ["Panel"])
            #expect(try await names(.judge, tenant) { $0.origin = .preset }.isEmpty)
        }
    }

    @Test(arguments: ItemKind.allCases)
    func whatIsDeletedIsListedApartAndCanBeBroughtBack(kind: ItemKind) async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let evaluators = EvaluatorStore(database: world.database)
            let judges = JudgeStore(database: world.database)
            let evaluator = try await tenant.evaluator("Gone")
            let judge = try await tenant.judge("Gone", [])
            let id = kind == .evaluator ? evaluator.id.uuid : judge.uuid
            func restore(in organization: OrganizationID) async throws -> Bool {
                switch kind {
                case .evaluator: try await evaluators.restore(evaluator.id, in: organization)
                case .judge: try await judges.restore(judge, in: organization)
                }
            }
            #expect(try await restore(in: tenant.organization) == false, "it is not deleted")
            let moment = Date(timeIntervalSince1970: 1_800_000_000)
            switch kind {
            case .evaluator: #expect(try await evaluators.delete(evaluator.id, in: tenant.organization, at: moment))
            case .judge: #expect(try await judges.delete(judge, in: tenant.organization, at: moment))
            }
            #expect(try await names(kind, tenant) { $0.origin = .own }.isEmpty)
            #expect(try await names(kind, tenant) { $0.isDeleted = true } == ["Gone"])
            #expect(try await names(kind, other) { $0.isDeleted = true }.isEmpty)
            #expect(try await find(kind, id, tenant).deletedAt == moment)
            let store = ItemStore(database: world.database)
            #expect(try await store.find(kind, id, readableBy: other.organization) == nil)
            #expect(try await restore(in: other.organization) == false, "it is somebody else's")
            #expect(try await restore(in: tenant.organization))
            #expect(try await names(kind, tenant) { $0.origin = .own } == ["Gone"])
        }
    }

    @Test func versionsSayWhoMadeThemAndWhy() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judges = JudgeStore(database: world.database)
            let store = ItemStore(database: world.database)
            let id = try await tenant.judge("Panel", [])
            for note in ["Second.", "Third."] {
                let current = try #require(try await judges.find(id, readableBy: tenant.organization))
                var definition = current.version.definition
                definition.changeNote = note
                let (version, date) = world.identifiers.nextDated(JudgeVersion.self)
                let added = try await judges.addVersion(
                    JudgeChange(
                        id: id, organizationID: tenant.organization, replacing: current.version.id,
                        versionID: version, definition: definition, visibility: nil, projectID: nil,
                        by: tenant.owner.id, at: date))
                #expect(added)
            }
            let first = try await store.versions(of: id.uuid, .judge, page: PageRequest(limit: 2))
            #expect(first.items.map(\.number) == [3, 2] && first.items.map(\.changeNote) == ["Third.", "Second."])
            #expect(first.hasNext && first.items.allSatisfy { $0.author == tenant.owner.reference })
            let place = try #require(first.items.last?.keyset)
            let rest = try await store.versions(
                of: id.uuid, .judge, page: PageRequest(limit: 2, position: .after(place)))
            #expect(rest.items.map(\.number) == [1] && rest.items.map(\.changeNote) == [""])
            #expect(try await store.version(number: 2, of: id.uuid, .judge) == first.items[1])
            #expect(try await store.version(number: 4, of: id.uuid, .judge) == nil)
            let found = try await store.versions([first.items[0].id, UUID()], of: id.uuid, .judge)
            #expect(found == [first.items[0]])
            #expect(try await store.versions([first.items[0].id], of: UUID(), .judge).isEmpty)
            let reread = try await judges.find(id, readableBy: tenant.organization)
            #expect(reread?.version.definition.changeNote == "Third.")
        }
    }

    @Test func pagesFollowEachOtherByKeyset() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            for number in 0..<12 { try await tenant.judge("J\(number)", []) }
            let store = ItemStore(database: world.database)
            var seen: [String] = []
            var position = PageRequest.Position.start
            while true {
                let page = try await store.list(
                    .judge, readableBy: tenant.organization, ItemFilter(),
                    page: PageRequest(limit: 5, position: position))
                seen += page.items.map(\.name)
                guard page.hasNext, let last = page.items.last else { break }
                position = .after(last.keyset)
            }
            #expect(seen == (0..<12).reversed().map { "J\($0)" })
        }
    }
}
