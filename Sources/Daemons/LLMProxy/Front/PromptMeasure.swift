internal import Spending

extension PromptSize {
    /// Runs of base64 longer than this are files, not words.
    private static let longestWord = 4096

    /// The size of the prompt in a request's body. Pictures and other files in base64 are many bytes and few tokens, so
    /// they are counted apart.
    init(of body: [UInt8]) {
        guard body.count > Self.longestWord else {
            self.init(bytes: body.count, images: 0)
            return
        }
        var (files, bytesInFiles, run) = (0, 0, 0)
        func endRun() {
            if run > Self.longestWord {
                files += 1
                bytesInFiles += run
            }
            run = 0
        }
        for byte in body {
            if Self.isBase64(byte) { run += 1 } else if run > 0 { endRun() }
        }
        endRun()
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
