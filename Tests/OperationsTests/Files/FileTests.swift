import Blobs
import EventLoop
import FoundationEssentials
import Logging
import Observability
import Records
import Scoring
import Stores
import Tenancy
import TestSupport
import Testing

@testable import Operations

/// Files over a real database and a real directory.
@Suite struct FileTests {
    private let picture = SamplePicture.png(width: 4, height: 3)

    private func keep(
        _ bytes: [UInt8], named name: String? = "file", for principal: Principal, _ rig: Rig
    ) async throws -> (file: UploadedFile, isNew: Bool) {
        var rest = bytes[...]
        return try await rig.product.files.keep(named: name, for: principal) {
            defer { rest = rest.dropFirst(100_000) }
            return rest.isEmpty ? nil : Array(rest.prefix(100_000))
        }
    }

    private func complaint(
        about bytes: [UInt8], _ rig: Rig, _ principal: Principal
    ) async throws -> InvalidDefinition.Problem? {
        let error = await #expect(throws: InvalidDefinition.self) { try await keep(bytes, for: principal, rig) }
        return error?.problems.first
    }

    private func blobs(_ rig: Rig, of id: FileID) async throws -> [String] {
        let all = try await rig.product.files.blobs.list(in: BlobKey(words: "files"), behind: nil, limit: 10_000)
        return all.map(\.key.description).filter { $0.contains(id.description) }
    }

    @Test func whatIsKnownOfAFileIsKept() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let document = try await keep(
                SamplePDF.document(["One", "Two"]), named: "C:\\tmp\\Terms\u{07}.pdf", for: tenant.principal(), rig)
            #expect(document.isNew)
            #expect(document.file.name == "Terms.pdf")
            #expect(document.file.kind == .pdf && document.file.extent == .pages(2))
            let shown = try await keep(picture, named: nil, for: tenant.principal(), rig).file
            #expect(shown.name == "file.png" && shown.extent == .picture(width: 4, height: 3))
            let opened = try await rig.product.files.open(shown.id, for: tenant.principal())
            guard case .contents(let file, let contents) = opened else {
                Issue.record("a directory gives no address")
                return
            }
            #expect(file == shown)
            #expect(try await contents.whole() == picture)
        }
    }

    @Test func theSameBytesOfTheSamePersonAreOneFile() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let first = try await keep(picture, for: tenant.principal(), rig)
            let again = try await keep(picture, named: "renamed", for: tenant.principal(), rig)
            #expect(again.file.id == first.file.id && !again.isNew)
            #expect(try await blobs(rig, of: first.file.id).count == 1)
            let foreign = try await keep(picture, for: other.principal(), rig)
            #expect(foreign.isNew && foreign.file.id != first.file.id)
        }
    }

    @Test func aFileOfAnotherOrganizationIsNotThere() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let id = try await keep(picture, for: tenant.principal(), rig).file.id
            await #expect(throws: NotFound.self) { try await rig.product.files.open(id, for: other.principal()) }
            let refused = await #expect(throws: InvalidDefinition.self) {
                try await rig.product.files.look(into: [id], of: other.organization)
            }
            #expect(refused?.problems.first?.field == "file_ids")
        }
    }

    @Test func whatCannotBeLookedAtIsRefusedAndLeavesNothing() async throws {
        try await Rig.run { rig in
            let principal = try await rig.tenant().principal()
            let before = try await rig.product.files.blobs.list(
                in: BlobKey(words: "files"), behind: nil, limit: 10_000)
            for (bytes, words) in [
                (Array("plain text".utf8), "PDF or a picture"), ([], "PDF or a picture"),
                (SamplePDF.document([""]), "no text"), (Array("%PDF-1.4\nbroken".utf8), "broken"),
                (Array("<svg>\u{E9}".utf16.map { UInt8(truncatingIfNeeded: $0) }), "UTF-8"),
            ] {
                let problem = try #require(try await complaint(about: bytes, rig, principal))
                #expect(problem.field == "file" && problem.message.contains(words), "\(problem)")
            }
            let large = picture + [UInt8](repeating: 0, count: Files.largest)
            await #expect(throws: FileTooLarge.self) { try await keep(large, for: principal, rig) }
            // Other tests put files there at the same moment.
            let after = try await rig.product.files.blobs.list(
                in: BlobKey(words: "files"), behind: nil, limit: 10_000)
            let new = Set(after.map(\.key)).subtracting(before.map(\.key)).compactMap { Files.file(at: $0) }
            let mine = try await rig.product.files.store.find(new, in: principal.organizationID)
            #expect(mine.isEmpty)
        }
    }

    @Test func executionsSeeTextsAndPictures() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            var ids: [FileID] = []
            for bytes in [SamplePDF.document(["Thirty days."]), picture, Array("<svg><text>Hi</text></svg>".utf8)] {
                ids.append(try await keep(bytes, for: tenant.principal(), rig).file.id)
            }
            let opened = try await rig.product.files.look(into: ids + [ids[0]], of: tenant.organization)
            #expect(opened.references.map(\.id) == ids)
            #expect(opened.references.map(\.mediaType) == ["application/pdf", "image/png", "image/svg+xml"])
            guard case .text(let text) = opened.materials[0].content,
                case .picture(let base64) = opened.materials[1].content
            else { throw InvalidDefinition(problems: []) }
            #expect(text.contains("Thirty days."))
            #expect(Data(base64Encoded: base64).map(Array.init) == picture)
            #expect(opened.materials[2].content == .text("<svg><text>Hi</text></svg>"))
        }
    }

    @Test func picturesAreBoundedTogether() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            var ids: [FileID] = []
            for number in 0..<2 {
                let padding = [UInt8](repeating: UInt8(number), count: 11 << 20)
                ids.append(try await keep(picture + padding, for: tenant.principal(), rig).file.id)
            }
            #expect(try await rig.product.files.look(into: [ids[0]], of: tenant.organization).materials.count == 1)
            await #expect(throws: InvalidDefinition.self) {
                try await rig.product.files.look(into: ids, of: tenant.organization)
            }
        }
    }

    @Test func aJudgeKeepsItsFileUntilItIsRemoved() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let file = try await keep(picture, named: "map.png", for: tenant.principal(), rig).file
            var draft = JudgeDraft()
            draft.name = "With a map"
            draft.intent = "To look at a map."
            draft.file = .attach(file.id)
            let refused = await #expect(throws: InvalidDefinition.self) {
                try await rig.product.judges.create(draft, for: other.principal())
            }
            #expect(refused?.problems.map(\.field) == ["file_id"])
            let judge = try await rig.product.judges.create(draft, for: tenant.principal())
            #expect(judge.file == file.reference)
            var renaming = JudgeDraft()
            renaming.name = "Renamed"
            let renamed = try await rig.product.judges.update(judge.id, renaming, for: tenant.principal())
            #expect(renamed.file == file.reference)
            let copy = try await rig.product.judges.duplicate(judge.id, to: nil, named: nil, for: tenant.principal())
            #expect(copy.file == file.reference)
            var removal = JudgeDraft()
            removal.file = .remove
            let bare = try await rig.product.judges.update(judge.id, removal, for: tenant.principal())
            #expect(bare.file == nil)
        }
    }

    @Test func theSweepTakesWhatNobodyUses() async throws {
        // On stores of its own: it would take what other tests have just kept.
        let rig = try await Rig()
        try await rig.loops.next().run {
            let tenant = try await rig.tenant()
            let files = rig.product.files
            let held = try await keep(picture, for: tenant.principal(), rig).file.id
            let used = try await keep(SamplePDF.document(["Used."]), for: tenant.principal(), rig).file.id
            let idle = try await keep(SamplePDF.document(["Idle."]), for: tenant.principal(), rig).file.id
            var draft = JudgeDraft()
            (draft.name, draft.intent, draft.file) = ("Holder", "To hold a file.", .attach(held))
            _ = try await rig.product.judges.create(draft, for: tenant.principal())
            let long = Date().addingTimeInterval(-100 * 86_400)
            try await files.store.noteUse(of: [held, used, idle], in: tenant.organization, at: long)
            // Looking at it is using it.
            _ = try await files.look(into: [used], of: tenant.organization)
            let orphan = FileID(uuid: UUID())
            _ = try await files.blobs.put(Files.key(of: orphan)) { nil }

            let run = RetentionRun(
                product: RetentionProduct(
                    database: rig.database, standard: [.files: 30], identifiers: rig.identifiers,
                    logger: Logger(label: "test")),
                blobs: files.blobs, metrics: Metrics(), logger: Logger(label: "test"))
            #expect(try await run.run()?.rows == [.files: 1])
            let sweep = SweepFiles(store: files.store, blobs: files.blobs)
            _ = try await sweep.sweep(at: Date())
            #expect(Set(try await files.store.existing([held, used, idle])) == [held, used])
            #expect(try await blobs(rig, of: idle).isEmpty)
            #expect(try await blobs(rig, of: used).count == 2)
            #expect(try await blobs(rig, of: orphan).count == 1, "it may belong to an upload that is not noted yet")
            _ = try await sweep.sweep(at: Date().addingTimeInterval(7200))
            #expect(try await blobs(rig, of: orphan).isEmpty)
            #expect(try await blobs(rig, of: held).count == 1)
        }
    }
}
