/// The timelines of an archived write-ahead log. Each restore begins one, which leaves another at a place; the file that says
/// where is archived with the log.
package struct LogTimelines: Sendable, Hashable {
    /// Where a timeline was left for another one.
    private struct Branch: Sendable, Hashable {
        let timeline: UInt32
        /// The number of the segment in which it was left.
        let segment: UInt64
    }

    /// What each timeline came by, the oldest first.
    private let branches: [UInt32: [Branch]]

    /// `histories` are the contents of the files that PostgreSQL writes, by the timeline that each is of.
    package init(histories: [UInt32: String]) {
        branches = histories.mapValues { text in
            text.split(separator: "\n").compactMap { line in
                let words = line.split { $0 == "\t" || $0 == " " }
                guard words.count >= 2, let timeline = UInt32(words[0]) else { return nil }
                let place = words[1].split(separator: "/").compactMap { UInt64($0, radix: 16) }
                guard place.count == 2 else { return nil }
                return Branch(timeline: timeline, segment: place[0] << 8 | place[1] >> 24)
            }
        }
    }

    /// The timeline that a backup was made on.
    package static func timeline(of manifest: BackupManifest) -> UInt32 {
        UInt32(manifest.firstSegment.prefix(8), radix: 16) ?? 1
    }

    /// Whether the log of `timeline` goes on from a backup.
    package func leads(_ manifest: BackupManifest, to timeline: UInt32) -> Bool {
        let own = Self.timeline(of: manifest)
        guard own != timeline else { return true }
        guard let left = branches[timeline]?.first(where: { $0.timeline == own }) else { return false }
        let last = LogArchive.number(of: manifest.mark?.segment ?? manifest.firstSegment) ?? .max
        return last <= left.segment
    }

    /// The timeline on which the log goes on from a backup where there is but one way: it was begun at the end of the one before,
    /// as by a standby that took over. `segments` are the archived ones; `nil` where one was left and went on all the same.
    package func onlyWay(from manifest: BackupManifest, archived segments: [String]) -> UInt32? {
        let own = Self.timeline(of: manifest)
        let others = later(than: own)
        guard let last = others.last else { return own }
        guard leads(manifest, to: last), let passed = branches[last] else { return nil }
        guard others.dropLast().allSatisfy({ other in passed.contains { $0.timeline == other } }) else { return nil }
        let wentOn = segments.contains { segment in
            guard let timeline = UInt32(segment.prefix(8), radix: 16), let number = LogArchive.number(of: segment),
                let left = passed.first(where: { $0.timeline == timeline })
            else { return false }
            return number > left.segment
        }
        return wentOn ? nil : last
    }

    /// Those that were begun after one.
    package func later(than timeline: UInt32) -> [UInt32] { branches.keys.filter { $0 > timeline }.sorted() }
}
