package import Blobs
internal import EventLoop
package import FoundationEssentials
internal import WireAPI

/// Whether the object storage keeps what it is given: a small blob is put there, read and removed.
package struct StorageExamination: Sendable {
    private let blobs: any BlobStore
    private let place: String
    private let probe: UUID

    /// `place` is where it is, for people; `probe` names the blob.
    package init(_ blobs: any BlobStore, at place: String, probe: UUID) {
        self.blobs = blobs
        self.place = place
        self.probe = probe
    }

    /// What is looked at.
    package var examination: Examination {
        Examination(
            .storage, "put, read, remove", patience: .seconds(10),
            remedy:
                "See blobs in the settings: whether the place exists, and whether the daemons' user may write there.",
            look)
    }

    /// The storage did not give back what it had been given.
    private struct Changed: Error, CustomStringConvertible {
        let description: String
    }

    private func look() async throws -> [Examination.Finding] {
        let key = BlobKey(words: "doctor", probe.uuidString.lowercased())
        let bytes = Array("scorable doctor \(probe.uuidString)".utf8)
        let began = ContinuousClock.now
        var isGiven = false
        _ = try await blobs.put(key) {
            defer { isGiven = true }
            return isGiven ? nil : bytes
        }
        var found: [UInt8] = []
        let contents = try await blobs.open(key, bytes: nil)
        while let piece = try await contents.next() { found += piece }
        try await blobs.delete(key)
        guard found == bytes else { throw Changed(description: "\(place) gives back other bytes than it was given.") }
        let time = Int(began.duration(to: .now).components.attoseconds / 1_000_000_000_000_000)
        return [
            Examination.Finding(.storage, "put, read, remove", .ok, "\(place) keeps what it is given (\(time) ms).")
        ]
    }
}
