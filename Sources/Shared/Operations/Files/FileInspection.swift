internal import Records

/// Finds out by the beginning of a file what it is. What its sender calls it does not count.
struct FileInspection {
    /// How much of a file is looked at: behind the notes that cameras write, the size of a picture may come late.
    private static let beginning = 1 << 20

    private var head: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) {
        let room = Self.beginning - head.count
        if room > 0 { head += bytes.prefix(room) }
    }

    /// What the file is; `nil` for nothing that is taken.
    var kind: FileKind? {
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        // Readers accept that something stands before the mark.
        if head.prefix(1024).firstRange(of: Array("%PDF-".utf8)) != nil { return .pdf }
        return Self.isDrawing(head) ? .svg : nil
    }

    /// The size of a picture, in pixels.
    var extent: UploadedFile.Extent {
        let size: (width: Int, height: Int)? =
            switch kind {
            case .png: pngSize
            case .jpeg: jpegSize
            case .webp: webpSize
            case .pdf, .svg, nil: nil
            }
        guard let size, size.width > 0, size.height > 0 else { return .unknown }
        return .picture(width: size.width, height: size.height)
    }

    // MARK: Drawings

    /// Whether the first element of what is XML is `svg`, behind declarations and remarks.
    private static func isDrawing(_ head: [UInt8]) -> Bool {
        var rest = Substring(String(decoding: head.prefix(16 << 10), as: UTF8.self))
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        while true {
            rest = rest.drop(while: \.isWhitespace)
            let end: String
            if rest.hasPrefix("<!--") {
                end = "-->"
            } else if rest.hasPrefix("<?") {
                end = "?>"
            } else if rest.hasPrefix("<!") {
                end = ">"
            } else {
                return rest.hasPrefix("<svg") && rest.dropFirst(4).first.map { " \t\r\n>/".contains($0) } ?? false
            }
            guard let found = rest.firstRange(of: end) else { return false }
            rest = rest[found.upperBound...]
        }
    }

    // MARK: Pictures

    /// The number of so many bytes at a place; `nil` beyond what is known.
    private func number(at place: Int, bytes: Int, bigEndian: Bool = true) -> Int? {
        guard place >= 0, place + bytes <= head.count else { return nil }
        let digits = head[place..<place + bytes]
        return (bigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    private var pngSize: (Int, Int)? {
        guard let width = number(at: 16, bytes: 4), let height = number(at: 20, bytes: 4) else { return nil }
        return (width, height)
    }

    /// Goes from segment to segment up to the one that begins a frame.
    private var jpegSize: (Int, Int)? {
        var place = 2
        while let mark = number(at: place, bytes: 1), let code = number(at: place + 1, bytes: 1), mark == 0xFF {
            switch code {
            // Fill bytes, and marks without a length.
            case 0xFF: place += 1
            case 0x01, 0xD0...0xD8: place += 2
            case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(code):
                guard let height = number(at: place + 5, bytes: 2), let width = number(at: place + 7, bytes: 2) else {
                    return nil
                }
                return (width, height)
            default:
                guard let length = number(at: place + 2, bytes: 2), length >= 2 else { return nil }
                place += 2 + length
            }
        }
        return nil
    }

    private var webpSize: (Int, Int)? {
        switch head.dropFirst(12).prefix(4) {
        case Array("VP8X".utf8)[...]:
            guard let width = number(at: 24, bytes: 3, bigEndian: false),
                let height = number(at: 27, bytes: 3, bigEndian: false)
            else { return nil }
            return (width + 1, height + 1)
        case Array("VP8L".utf8)[...]:
            guard let bits = number(at: 21, bytes: 4, bigEndian: false) else { return nil }
            return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        case Array("VP8 ".utf8)[...]:
            guard let width = number(at: 26, bytes: 2, bigEndian: false),
                let height = number(at: 28, bytes: 2, bigEndian: false)
            else { return nil }
            return (width & 0x3FFF, height & 0x3FFF)
        default: return nil
        }
    }
}
