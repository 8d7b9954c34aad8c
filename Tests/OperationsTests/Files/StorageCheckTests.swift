import Blobs
import EventLoop
import FoundationEssentials
import Records
import Scoring
import Stores
import Tenancy
import TestSupport
import Testing

@testable import Operations

/// The object storage compared with a real database.
@Suite struct StorageCheckTests {
    @Test func whatIsMissingIsNamedAndWhatNobodyNamesGoesWhenItIsToldTo() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let files = rig.product.files
            var rest: [UInt8]? = SamplePicture.png(width: 4, height: 3)
            let kept = try await files.keep(named: "a.png", for: tenant.principal()) {
                defer { rest = nil }
                return rest
            }.file.id
            let lost = Files.key(of: kept)
            try await files.blobs.delete(lost)
            let orphan = Files.key(of: FileID(uuid: UUID()))
            _ = try await files.blobs.put(orphan) { nil }
            let check = StorageCheck(database: rig.database, blobs: files.blobs)

            let young = try await check.run(deleting: true, at: Date())
            #expect(young.missing.contains(lost) && young.missingCount >= 1)
            #expect(!young.orphans.map(\.key).contains(orphan), "it may belong to an upload that is not noted yet")

            let later = Date().addingTimeInterval(2 * 86_400)
            let dry = try await check.run(deleting: false, at: later)
            #expect(dry.orphans.map(\.key).contains(orphan) && dry.deleted == 0)
            #expect(try await files.blobs.size(of: orphan) == 0, "nothing is deleted unless it is asked for")

            let swept = try await check.run(deleting: true, at: later)
            #expect(swept.deleted >= 1)
            #expect(try await files.blobs.size(of: orphan) == nil)
        }
    }
}
