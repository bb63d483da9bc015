using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>The keys of table <c>accounts</c>. Ids and hex digits only, so no forbidden character can occur.</summary>
internal static class AccountKeys
{
    public const string TableName = "accounts";

    public const string Profile = "profile";

    public const string SessionPrefix = "s|";

    /// <summary>The only row of a look-up's partition.</summary>
    public const string Lookup = "lookup";

    /// <summary>
    /// One account, one partition: its profile, sessions and cards change together. Ids sort by time, which would heat one
    /// range of partitions, so four hash characters come first.
    /// </summary>
    public static string Partition(AccountId account) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account.Value)).AsSpan(0, 2)) + account.Value;

    /// <summary>A keyed hash: whoever reads the table cannot try all telephone numbers.</summary>
    public static string Phone(Secrets secrets, PhoneNumber phone) => secrets.Lookup("phone", phone.Value);

    public static string Email(Secrets secrets, string email) => secrets.Lookup("email", Codes.CodeAddress.Normal(email));

    public static string Wallet(Secrets secrets, WalletId wallet) => secrets.Lookup("wallet", wallet.Value);

    public static string Session(string sessionId) => SessionPrefix + sessionId;

    public static string Card(BankCardId card) => "c|" + card.Value;

    public static string DeviceKey(DeviceKeyId key) => "d|" + key.Value;

    /// <summary>Insert-only: what makes a number bound once.</summary>
    public static string CardNumber(Secrets secrets, CardNumber number) => "n|" + secrets.Lookup("card-number", number.Digits);
}
