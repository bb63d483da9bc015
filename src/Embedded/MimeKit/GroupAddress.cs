namespace MimeKit;

/// <summary>A named group, such as <c>undisclosed-recipients:;</c>.</summary>
public class GroupAddress : InternetAddress
{
    public GroupAddress(string? name) : this(name, []) { }

    public GroupAddress(string? name, IEnumerable<InternetAddress> addresses) : base(System.Text.Encoding.UTF8, name)
    {
        Members = new InternetAddressList(addresses);
        Members.Changed = OnChanged;
    }

    public InternetAddressList Members { get; }

    public override InternetAddress Clone() => new GroupAddress(Name, Members.Select(m => m.Clone()));

    public override bool Equals(InternetAddress? other) => other is GroupAddress group && Name == group.Name && Members.Equals(group.Members);

    public override string ToString(bool encode) => $"{FormatName(encode)}: {Members.ToString(encode)};";
}
