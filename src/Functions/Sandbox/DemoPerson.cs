using System.Globalization;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>A made-up person or merchant. The same index is always the same one, on every machine.</summary>
/// <param name="Index">From 1.</param>
internal sealed record DemoPerson(Role Role, int Index)
{
    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗";

    private static readonly string[] GivenNames =
        ["小明", "思远", "雨桐", "子涵", "佳怡", "浩然", "欣妍", "俊杰", "诗涵", "宇轩", "梦洁", "天佑", "若曦", "文博", "雅静", "志强", "丽华", "晨曦", "建国", "秀英", "梓萱", "一诺", "嘉懿", "景行", "清扬"];

    private static readonly string[] Trades = ["茶铺", "面馆", "书店", "花坊", "咖啡", "超市", "药房", "理发店", "水果行", "糕点铺"];

    /// <summary>The moment the ids of demo people sort by.</summary>
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => Role == Role.Merchant
        ? Surnames[(Index - 1) % Surnames.Length] + "记" + Trades[(Index - 1) / Surnames.Length % Trades.Length]
        : Surnames[(Index - 1 + Shift) % Surnames.Length] + GivenNames[((Index - 1) / Surnames.Length + Index - 1 + Shift) % GivenNames.Length];

    /// <summary>11 digits, as people type them. The sandbox never sends anything to anybody.</summary>
    public string Phone => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Index:D7}");

    public PhoneNumber PhoneNumber => PhoneNumber.TryParse(Phone, out var phone) ? phone : throw new InvalidOperationException("Demo numbers are valid.");

    /// <summary>Customers and merchants have one, so that they can be written to; the domains can never be delivered to (RFC 2606).</summary>
    public string? Email => Role switch
    {
        Role.Customer => string.Create(CultureInfo.InvariantCulture, $"customer{Index}@customer.example"),
        Role.Merchant => string.Create(CultureInfo.InvariantCulture, $"shop{Index}@merchant.example"),
        _ => null,
    };

    public string Password => Role switch
    {
        Role.Customer or Role.Merchant => "Wallet-demo-2026",
        _ => "Support-demo-2026",
    };

    public AccountId AccountId => Id.From<AccountId>(Epoch, Seed("account"));

    public WalletId? WalletId => Role is Role.Customer or Role.Merchant ? Id.From<WalletId>(Epoch, Seed("wallet")) : null;

    public BankCardId BankCardId => Id.From<BankCardId>(Epoch, Seed("card"));

    public TopUpId TopUpId => Id.From<TopUpId>(Epoch, Seed("topup"));

    /// <summary>16 digits with a right check digit, in a range that no bank uses.</summary>
    public CardNumber CardNumber
    {
        get
        {
            var digits = string.Create(CultureInfo.InvariantCulture, $"990000{Shift}{Index:D8}");
            return CardNumber.TryParse(digits + CardNumber.CheckDigit(digits), out var number) ? number : throw new InvalidOperationException("Demo cards are valid.");
        }
    }

    private int Shift => Role switch
    {
        Role.Customer => 0,
        Role.Merchant => 1,
        Role.Agent => 3,
        Role.Supervisor => 5,
        _ => 7,
    };

    private string Prefix => Role switch
    {
        Role.Customer => "1380",
        Role.Merchant => "1390",
        Role.Agent => "1370",
        Role.Supervisor => "1360",
        _ => "1350",
    };

    private byte[] Seed(string kind) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"demo/{Role}/{Index}/{kind}"));
}
