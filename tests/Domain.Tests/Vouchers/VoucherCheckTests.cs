using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Domain.Vouchers;
using Xunit;

namespace WalletFunctions.Domain.Tests.Vouchers;

public sealed class VoucherCheckTests : IDisposable
{
    private static readonly Voucher Sample = new(
        Voucher.CurrentVersion,
        new TransactionId("txn_01m80n0r2byg6shh42g5tpmntf"),
        "transfer",
        "out",
        "completed",
        Money.Fen(1234),
        Money.Fen(10),
        VoucherParty.Of("*小明", new WalletId("wal_01kdvdna00st5wry3xmcaxdznq")),
        VoucherParty.Of("<*思远>", new WalletId("wal_01kdvdna00wffa5pcjvks0kdj4")),
        new DateTimeOffset(2026, 11, 22, 3, 32, 54, 523, TimeSpan.Zero),
        17,
        new string('a', 64),
        "wallet-functions",
        new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private PublicKey Public => PublicKey.Of(key.ExportParameters(includePrivateParameters: false));

    private PublicKeySet Keys => new([Public]);

    private string Signed => CompactJws.Sign(key, Public.Kid, Voucher.SignedType, Sample.Write());

    [Fact]
    public void What_is_written_is_read_back()
    {
        Voucher.Read(Sample.Write()).ShouldBe(Sample);
        var bare = Sample with { Payer = VoucherParty.Of(null, null), Amount = new Money(5, Sample.Amount.Currency) };
        Voucher.Read(bare.Write()).ShouldBe(bare);
        var reversed = Sample with { ReversedBy = new TransactionId("txn_00000000000000000000000009") };
        Voucher.Read(reversed.Write()).ShouldBe(reversed);
        reversed.Fields().ShouldContain(("reversedBy", "txn_00000000000000000000000009"));
        Voucher.Read("{}"u8.ToArray()).ShouldBeNull();
        Voucher.Read("[]"u8.ToArray()).ShouldBeNull();
        Voucher.Read("x"u8.ToArray()).ShouldBeNull();
        Voucher.Read(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Sample.Write()).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal))).ShouldBeNull();
    }

    [Fact]
    public void Nobody_is_named_in_full()
    {
        var text = Encoding.UTF8.GetString(Sample.Write());
        text.ShouldNotContain("wal_01kdvdna00");
        text.ShouldContain("wal_…axdznq");
    }

    [Fact]
    public void A_signed_voucher_is_good_however_its_lines_are_broken()
    {
        var signed = Signed;
        Good(signed);
        Good("\uFEFF  " + signed + "\r\n");
        Good(string.Join("\r\n  ", signed.Chunk(40).Select(line => new string(line))));

        void Good(string text)
        {
            var check = VoucherCheck.Of(text, Keys);
            (check.IsGood, check.Voucher, check.KeyId).ShouldBe((true, Sample, Public.Kid));
        }
    }

    [Fact]
    public void Every_change_of_the_signed_text_is_found()
    {
        var parts = Signed.Split('.');
        var other = CompactJws.Sign(key, Public.Kid, Voucher.SignedType, (Sample with { Amount = Money.Fen(123400) }).Write()).Split('.');
        Bad($"{parts[0]}.{other[1]}.{parts[2]}");
        Bad($"{parts[0]}.{parts[1]}.{other[2]}");
        Bad($"{other[0]}.{parts[1]}.{other[2]}");
        Bad($"{parts[0]}.{parts[1]}");
        Bad($"{parts[0]}.{parts[1]}.");
        Bad(CompactJws.Sign(key, Public.Kid, "another+jws", Sample.Write()));
        Bad(CompactJws.Sign(key, Public.Kid, Voucher.SignedType, "{\"version\":1}"u8));
        Bad(CompactJws.Sign(key, "unknown", Voucher.SignedType, Sample.Write()));
        Bad("");
        Bad("完全不是");
        VoucherCheck.Of(Signed, new PublicKeySet([])).IsGood.ShouldBeFalse();
    }

    [Fact]
    public void The_plain_members_of_the_JSON_must_say_what_was_signed()
    {
        var honest = new JsonObject { ["voucher"] = Signed, ["keyId"] = Public.Kid, ["content"] = JsonNode.Parse(Sample.Write()) };
        VoucherCheck.Of(honest.ToJsonString(), Keys).IsGood.ShouldBeTrue();
        VoucherCheck.Of(JsonSerializer.Serialize(new { voucher = Signed }), Keys).IsGood.ShouldBeTrue();
        foreach (var (member, value) in honest["content"]!.AsObject().ToList())
        {
            var forged = honest.DeepClone().AsObject();
            forged["content"]![member] = value is JsonObject ? new JsonObject() : value!.GetValueKind() == JsonValueKind.Number ? 99 : "other";
            var check = VoucherCheck.Of(forged.ToJsonString(), Keys);
            check.IsGood.ShouldBeFalse(member);
            check.Voucher.ShouldBe(Sample, "what was signed can still be told");
        }

        var otherKey = honest.DeepClone().AsObject();
        otherKey["keyId"] = "other";
        VoucherCheck.Of(otherKey.ToJsonString(), Keys).IsGood.ShouldBeFalse();
        Bad("{}");
        Bad("{\"voucher\":1}");
        Bad("{\"voucher\":\"\\ud800\"}");
        Bad("{\"voucher\":\"a\",\"voucher\":\"b\"}");
        Bad("{");
    }

    public void Dispose() => key.Dispose();

    private void Bad(string text)
    {
        var check = VoucherCheck.Of(text, Keys);
        (check.IsGood, check.Voucher).ShouldBe((false, null), text);
        check.Finding.Zh.ShouldNotBeEmpty();
        check.Finding.En.ShouldNotBeEmpty();
    }
}
