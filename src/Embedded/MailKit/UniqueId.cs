using System.Globalization;
using System.Runtime.InteropServices;

namespace MailKit;

/// <summary>A message's number within one mailbox and one UIDVALIDITY. Equality, order and hash look at the number alone.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct UniqueId : IComparable<UniqueId>, IEquatable<UniqueId>
{
    public static readonly UniqueId Invalid;
    public static readonly UniqueId MinValue = new(1);
    public static readonly UniqueId MaxValue = new(uint.MaxValue);

    public UniqueId(uint validity, uint id)
    {
        ArgumentOutOfRangeException.ThrowIfZero(id);
        Validity = validity;
        Id = id;
    }

    public UniqueId(uint id) : this(0, id) { }

    public uint Id { get; }
    public uint Validity { get; }
    public bool IsValid => Id != 0;

    public int CompareTo(UniqueId other) => Id.CompareTo(other.Id);
    public bool Equals(UniqueId other) => Id == other.Id;
    public override bool Equals(object? obj) => obj is UniqueId uid && Equals(uid);
    public override int GetHashCode() => Id.GetHashCode();
    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);

    public static bool operator ==(UniqueId uid1, UniqueId uid2) => uid1.Id == uid2.Id;
    public static bool operator !=(UniqueId uid1, UniqueId uid2) => uid1.Id != uid2.Id;
    public static bool operator >(UniqueId uid1, UniqueId uid2) => uid1.Id > uid2.Id;
    public static bool operator >=(UniqueId uid1, UniqueId uid2) => uid1.Id >= uid2.Id;
    public static bool operator <(UniqueId uid1, UniqueId uid2) => uid1.Id < uid2.Id;
    public static bool operator <=(UniqueId uid1, UniqueId uid2) => uid1.Id <= uid2.Id;

    public static bool TryParse(string token, uint validity, out UniqueId uid)
    {
        ArgumentNullException.ThrowIfNull(token);
        var ok = uint.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0;
        uid = ok ? new UniqueId(validity, id) : Invalid;
        return ok;
    }

    public static bool TryParse(string token, out UniqueId uid) => TryParse(token, 0, out uid);
    public static UniqueId Parse(string token, uint validity) => new(validity, uint.Parse(token, NumberStyles.None, CultureInfo.InvariantCulture));
    public static UniqueId Parse(string token) => Parse(token, 0);
}
