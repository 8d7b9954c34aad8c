import Settings
import Testing

@Suite struct SettingValuesTests {
    @Test(arguments: [
        ("30s", Duration.seconds(30)), ("5m", .seconds(300)), ("500ms", .milliseconds(500)), ("1h30m", .seconds(5400)),
        ("2d", .seconds(172_800)), ("0s", .zero), ("1m 30s", .seconds(90)),
    ])
    func durationsAreReadWithTheirUnits(text: String, expected: Duration) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test(arguments: ["", "30", "s", "5 parsecs", "-5s", "1.5h", "5M", "99999999999999999999d", "40000d"])
    func durationsWithoutAKnownUnitAreRefused(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func durationTextReadsBackAsTheSameDuration() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let duration = Duration.milliseconds(Int64.random(in: 0...10_000_000_000, using: &random))
            #expect(DurationText.parse(DurationText.text(duration)) == duration)
        }
    }

    @Test(arguments: [("10MiB", 10 << 20), ("64 KiB", 64 << 10), ("1GB", 1_000_000_000), ("17", 17), ("5b", 5)])
    func byteCountsAreReadWithTheirUnits(text: String, expected: Int) {
        #expect(ByteCount(text)?.bytes == expected)
    }

    @Test(arguments: ["", "MiB", "-1", "1.5MiB", "10 Mebi", "99999999999GiB"])
    func textsThatAreNoByteCountAreRefused(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test func byteCountTextReadsBackAsTheSameCount() {
        for bytes in [0, 1, 1000, 1024, 1536, 10 << 20, (10 << 20) + 1, 3 << 30] {
            #expect(ByteCount("\(ByteCount(bytes: bytes))")?.bytes == bytes)
        }
        #expect("\(ByteCount.mebibytes(10))" == "10MiB")
    }

    @Test func aSecretShowsNowhere() {
        let secret = Secret("hunter2")
        struct Holder { let token: Secret }
        var dumped = ""
        dump(Holder(token: secret), to: &dumped)
        let texts = ["\(secret)", String(reflecting: secret), "\(Holder(token: secret))", dumped]
        #expect(texts.allSatisfy { !$0.contains("hunter2") })
        #expect("\(secret)" == "‹redacted›")
        #expect(secret.reveal() == "hunter2")
    }

    @Test(arguments: [
        (
            "postgres://scorable:hunter2@db:5432/scorable?sslmode=require",
            "postgres://scorable:‹redacted›@db:5432/scorable?sslmode=require"
        ),
        ("redis://:hunter2@cache:6379/0", "redis://:‹redacted›@cache:6379/0"),
        ("redis://cache:6379", "redis://cache:6379"),
        ("host=a,b password=hunter2 dbname=x", "host=a,b password=‹redacted› dbname=x"),
        ("host=a password='hunter 2' dbname=x", "host=a password=‹redacted› dbname=x"),
        (
            "postgres://db/x?user=a&password=hunter2&sslmode=require",
            "postgres://db/x?user=a&password=‹redacted›&sslmode=require"
        ),
        ("postgres://a:p@ss:hunter2@db/x", "postgres://a:‹redacted›@db/x"),
        ("postgres://a:p/ss?hunter2@db/x", "postgres://a:‹redacted›@db/x"),
        ("redis://cache:6379/0?name=a@b", "redis://cache:6379/0?name=a@b"),
        ("host=a PASSWORD = 'it\\'s hunter2' dbname=x", "host=a PASSWORD = ‹redacted› dbname=x"),
    ])
    func aConnectionIsShownWithoutItsPassword(text: String, shown: String) {
        #expect(Secret.maskingPassword(in: text) == shown)
    }

    @Test func theNearestSpellingIsFound() {
        let known = ["apid.public.listen", "apid.public.prefix", "database.url", "redis.url"]
        #expect(Spelling.nearest(to: "apid.public.lisetn", among: known) == "apid.public.listen")
        #expect(Spelling.nearest(to: "databse.url", among: known) == "database.url")
        #expect(Spelling.nearest(to: "completely.different", among: known) == nil)
    }
}
