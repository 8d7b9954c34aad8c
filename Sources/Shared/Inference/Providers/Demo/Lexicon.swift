/// The word lists that the measures look up.
enum Lexicon {
    /// Words that say nothing about the subject of a text.
    static let stopWords = words(
        """
        a an the and or but if then else of in on at to from for with without by as is are was were be been being am do
        does did done has have had having will would shall should can could may might must not no nor so than that this
        these those there here it its it's i you he she we they me him her us them my your his our their what which who
        whom whose when where why how all any both each few more most other some such only own same too very just also
        into over under again about between through during before after above below up down out off i'm you're we're
        they're don't doesn't isn't aren't please
        """)

    /// Words and phrases of a polite tone.
    static let polite = words(
        """
        please thank thanks grateful appreciate appreciated sorry apologies apologise apologize kindly welcome glad
        happy pleasure gladly sincerely respectfully regards dear honoured honored understand delighted
        """)

    /// Words of a rude tone.
    static let rude = words(
        """
        stupid idiot idiots idiotic dumb moron morons useless pathetic ridiculous nonsense shut whatever hate loser
        losers lazy ignorant incompetent annoying worthless fool foolish clown garbage trash crap damn hell sucks
        """)

    /// Words that attack, threaten or are obscene.
    static let toxic = words(
        """
        kill murder die stupid idiot idiots moron morons bitch bastard asshole shit fuck fucking scum vermin disgusting
        worthless slut whore hate hateful loser losers subhuman rape suicide bomb poison shoot stab torture
        """)

    /// Words that are not for children.
    static let adult = words(
        """
        sex sexual porn naked nude drunk vodka whisky cocaine heroin drugs gun guns weapon weapons blood gore corpse
        gambling casino cigarette cigarettes kill murder suicide violence violent damn hell
        """)

    /// Words of a positive mood.
    static let positive = words(
        """
        good great excellent amazing wonderful love loved lovely happy glad pleased fantastic awesome best better nice
        perfect delightful enjoy enjoyed beautiful brilliant superb positive success successful satisfied recommend
        impressive helpful friendly thanks thank
        """)

    /// Words of a negative mood.
    static let negative = words(
        """
        bad terrible awful horrible hate hated sad angry worst worse poor disappointing disappointed broken useless
        boring ugly negative failure failed fail annoying frustrating frustrated dirty slow rude problem problems
        wrong regret waste unhappy
        """)

    /// Words that belong to a chat rather than to a letter.
    static let casual = words(
        """
        hey hi yo gonna wanna gotta kinda sorta yeah yep nope lol omg btw cool guys dude bro awesome stuff thing things
        ok okay thx pls u ur ain't
        """)

    /// Words that fill space.
    static let filler = words(
        """
        basically actually literally really very quite just simply essentially obviously clearly honestly certainly
        definitely absolutely totally perhaps somewhat rather
        """)

    /// Words that persuade.
    static let persuasive = words(
        """
        because therefore proven evidence imagine guarantee guaranteed benefit benefits save results best now free
        easily you your why trust experts research shows discover opportunity
        """)

    /// How a text says that it will not answer.
    static let refusals = [
        "i can't help", "i cannot help", "i can't assist", "i cannot assist", "i am unable", "i'm unable", "i won't",
        "i will not", "i can't answer", "i cannot answer", "i don't know", "i do not know", "as an ai",
        "not able to help",
        "unable to answer", "i cannot provide", "i can't provide", "no comment",
    ]

    /// How a text gives away what it should keep.
    static let confidential = [
        "password", "passwd", "api key", "secret key", "private key", "social security", "ssn", "credit card", "iban",
        "date of birth", "confidential", "internal only", "do not share", "salary", "diagnosis", "sk-",
    ]

    /// Numbers that are written out.
    static let numberWords: [String: Int] = [
        "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
        "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
        "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    ]

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
