namespace MailKit.Search;

/// <summary>A search in IMAP's terms. Text matches are substrings without regard to case; dates count whole days on the server.</summary>
public class SearchQuery
{
    public static readonly SearchQuery All = new("ALL");
    public static readonly SearchQuery Deleted = new("DELETED");
    public static readonly SearchQuery NotDeleted = new("UNDELETED");
    public static readonly SearchQuery NotSeen = new("UNSEEN");
    public static readonly SearchQuery Seen = new("SEEN");

    public SearchQuery() : this("ALL") { }
    internal SearchQuery(string key) => Key = key;

    /// <summary>The search key as IMAP spells it (RFC 3501 6.4.4).</summary>
    internal string Key { get; }

    public static BinarySearchQuery And(SearchQuery left, SearchQuery right) => new("AND", left, right);
    public BinarySearchQuery And(SearchQuery expr) => And(this, expr);
    public static BinarySearchQuery Or(SearchQuery left, SearchQuery right) => new("OR", left, right);
    public BinarySearchQuery Or(SearchQuery expr) => Or(this, expr);
    public static UnarySearchQuery Not(SearchQuery expr) => new(expr);
    public static HeaderSearchQuery HeaderContains(string field, string text) => new(field, text);
    public static DateSearchQuery DeliveredAfter(DateTime date) => new("SINCE", date);
    public static UidSearchQuery Uids(IList<UniqueId> uids) => new(uids);
}

public class BinarySearchQuery : SearchQuery
{
    internal BinarySearchQuery(string key, SearchQuery left, SearchQuery right) : base(key)
    {
        Left = left ?? throw new ArgumentNullException(nameof(left));
        Right = right ?? throw new ArgumentNullException(nameof(right));
    }

    public SearchQuery Left { get; private set; }
    public SearchQuery Right { get; private set; }
}

public class UnarySearchQuery : SearchQuery
{
    internal UnarySearchQuery(SearchQuery operand) : base("NOT") => Operand = operand ?? throw new ArgumentNullException(nameof(operand));

    public SearchQuery Operand { get; private set; }
}

public class HeaderSearchQuery : SearchQuery
{
    public HeaderSearchQuery(string field, string value) : base("HEADER")
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        Field = field;
        Value = value ?? throw new ArgumentNullException(nameof(value));
    }

    public string Field { get; private set; }
    public string Value { get; private set; }
}

public class DateSearchQuery : SearchQuery
{
    internal DateSearchQuery(string key, DateTime date) : base(key) => Date = date;

    public DateTime Date { get; private set; }
}

public class UidSearchQuery : SearchQuery
{
    public UidSearchQuery(IList<UniqueId> uids) : base("UID")
    {
        ArgumentNullException.ThrowIfNull(uids);
        if (uids.Count == 0) throw new ArgumentException("A search for no UID at all finds nothing.", nameof(uids));
        Uids = uids;
    }

    public UidSearchQuery(UniqueId uid) : this([uid]) { }

    public new IList<UniqueId> Uids { get; private set; }
}
