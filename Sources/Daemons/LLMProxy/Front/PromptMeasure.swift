internal import Spending

extension PromptSize {
    /// Runs of base64 longer than this are files, not words.
    private static let longestWord = 4096

    /// The size of the prompt in a request's body. Pictures and other files in base64 are many bytes and few tokens, so
    /// they are counted apart.
    init(of body: [UInt8]) {
        var (files, bytesInFiles) = (0, 0)
        // A run that is long enough has a byte at one of these places: nothing else is looked at.
        var place = Self.longestWord
        while place < body.count {
            guard Self.isBase64(body[place]) else {
                place += Self.longestWord
                continue
            }
            let start = body[..<place].lastIndex { !Self.isBase64($0) }.map { $0 + 1 } ?? 0
            let end = body[place...].firstIndex { !Self.isBase64($0) } ?? body.count
            if end - start > Self.longestWord {
                files += 1
                bytesInFiles += end - start
            }
            place = max(end, place + Self.longestWord)
        }
        self.init(bytes: body.count - bytesInFiles, images: files)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
