import FoundationEssentials

/// UUIDs in lower case: Foundation writes capitals.
enum UUIDText {
    static func bytes(_ uuid: UUID) -> [UInt8] {
        let text = uuid.uuidString.utf8
        return text.map { SnakeCase.isCapital($0) ? $0 | 0x20 : $0 }
    }
}
