internal import JSON
internal import Spending

extension PromptSize {
    /// Runs of base64 longer than this are files, not words.
    private static let longestWord = 4096
    /// Of the bytes of a document one in so many becomes a token at the most: a page is some thousand tokens.
    private static let bytesForATokenOfADocument = 10

    /// The size of the prompt in a request's body. Pictures and other files in base64 are many bytes and few tokens, and
    /// those that the body only names are the other way round, so they are counted apart.
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
                if Self.stands(Self.documentBegins, at: start, in: body) {
                    bytesInFiles -= (end - start) / Self.bytesForATokenOfADocument
                }
            }
            place = max(end, place + Self.longestWord)
        }
        self.init(bytes: body.count - bytesInFiles, images: max(files, Self.filesNamed(in: body)))
    }

    /// How many pictures and files there are by the names of the members that hold them or say where they are.
    private static func filesNamed(in body: [UInt8]) -> Int {
        let bytes = body.span
        var count = 0
        // Few bytes of a request are underscores.
        var place = ByteSearch.first(UInt8(ascii: "_"), in: bytes, 0..<bytes.count)
        while place < bytes.count {
            if holders.contains(where: { stands($0.name, at: place - $0.underscore, in: body) }) { count += 1 }
            place = ByteSearch.first(UInt8(ascii: "_"), in: bytes, (place + 1)..<bytes.count)
        }
        return count
    }

    private static func stands(_ text: [UInt8], at place: Int, in body: [UInt8]) -> Bool {
        place >= 0 && place + text.count <= body.count && ByteSearch.stands(text.span, in: body.span, at: place)
    }

    /// The names with their quotes and the colon, and where in them the underscore stands.
    private static let holders = [#""image_url":"#, #""file_url":"#, #""video_url":"#, #""file_id":"#].map { name in
        let bytes = Array(name.utf8)
        return (name: bytes, underscore: bytes.firstIndex(of: UInt8(ascii: "_")) ?? 0)
    }

    /// `%PDF-` in base64.
    private static let documentBegins = Array("JVBERi".utf8)

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
