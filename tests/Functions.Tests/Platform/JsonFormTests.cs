using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class JsonFormTests
{
    private enum Colour
    {
        DarkRed,
        Green,
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("{", "malformed_json")]
    [InlineData("{}x", "malformed_json")]
    [InlineData("{\"a\":1,}", "malformed_json")]
    [InlineData("{/*c*/}", "malformed_json")]
    [InlineData("{\"a\":1,\"a\":2}", "malformed_json")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "malformed_json")]
    [InlineData("{\"a\":\"\\ud800\"}", "malformed_json")]
    [InlineData("{\"\\udc00\":1}", "malformed_json")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}", "malformed_json")]
    [InlineData("{\"a\":NaN}", "malformed_json")]
    [InlineData("\uFEFF{}", "malformed_json")]
    [InlineData("[]", "invalid_body")]
    [InlineData("null", "invalid_body")]
    [InlineData("\"text\"", "invalid_body")]
    public void What_is_not_one_strict_JSON_object_is_refused(string body, string code) =>
        JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Error!.Code.ShouldBe(code);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        JsonForm.Parse(new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' }).Error!.Code.ShouldBe("malformed_json");

    [Theory]
    [InlineData("""{"amount":{"amount":1050,"currency":"CNY"}}""", null)]
    [InlineData("""{"amount":{"amount":999999999999,"currency":"CNY"}}""", null)]
    [InlineData("""{"amount":{"amount":1000000000000,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":0,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":-1,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":10.5,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":"10","currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":1e400,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":[1],"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":100}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":1,"currency":"XXX"}}""", "invalid_field")]
    [InlineData("""{"amount":{"amount":1,"currency":7}}""", "invalid_field")]
    [InlineData("""{"amount":{"amount":1}}""", "required")]
    [InlineData("""{"amount":null}""", "required")]
    [InlineData("""{}""", "required")]
    [InlineData("""{"amount":{"amount":1,"currency":"CNY","x":1}}""", "unknown_field")]
    [InlineData("""{"amount":{"amount":0,"currency":"CNY","x":1}}""", "unknown_field")]
    [InlineData("""{"amount":{"amount":null,"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"currency":"CNY"}}""", "invalid_amount")]
    [InlineData("""{"amount":{}}""", "invalid_amount")]
    [InlineData("""{"amount":{"amount":0,"currency":"XXX"}}""", "invalid_amount")]
    [InlineData("""{"amount":{"currency":7,"x":1}}""", "unknown_field")]
    public void Money_is_read_strictly(string body, string? code)
    {
        var form = JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Value!;
        var money = form.RequiredMoney("amount");
        var mistake = form.Finish();
        mistake?.Code.ShouldBe(code);
        (mistake is null).ShouldBe(code is null);
        if (code is null)
        {
            money.Amount.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData("""{"text":"ok","colour":"dark_red","to":{"id":"wal_00000000000000000000000000"}}""", "")]
    [InlineData("""{"text":"   ","colour":"dark_red"}""", "text required")]
    [InlineData("""{"text":"12345678901","colour":"green"}""", "text too_long")]
    [InlineData("{\"text\":\"a\\u0000b\",\"colour\":\"green\"}", "text invalid_field")]
    [InlineData("""{"text":"ok","colour":"DarkRed"}""", "colour invalid_field")]
    [InlineData("""{"text":"ok","colour":1}""", "colour invalid_field")]
    [InlineData("""{"text":"ok","colour":"green","to":{"id":"wal_1"}}""", "to.id invalid_field")]
    [InlineData("""{"text":"ok","colour":"green","to":{"id":"acc_00000000000000000000000000"}}""", "to.id invalid_field")]
    [InlineData("""{"text":"ok","colour":"green","to":[]}""", "to invalid_field")]
    [InlineData("""{"text":"ok","colour":"green","to":{"di":1}}""", "to.id required, to.di unknown_field")]
    public void Each_mistake_names_its_member(string body, string mistakes)
    {
        var form = JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Value!;
        form.RequiredString("text", 10);
        form.Enum<Colour>("colour");
        form.Object("to")?.RequiredId<WalletId>("id");
        string.Join(", ", form.Finish()?.Fields.Select(field => $"{field.Field} {field.Code}") ?? []).ShouldBe(mistakes);
    }

    [Fact]
    public void The_fingerprint_sees_what_a_body_says_and_not_how()
    {
        var first = Fingerprint("""{"amount":{"amount":1,"currency":"CNY"},"note":"é"}""");
        Fingerprint("""{ "note": "\u00e9", "amount": {"currency":"CNY", "amount":1}, "confirm": {"otp":"1"}, "left": null }""").ShouldBe(first);
        Fingerprint("""{"amount":{"amount":2,"currency":"CNY"},"note":"é"}""").ShouldNotBe(first);
        Fingerprint("""{"amount":{"amount":1,"currency":"CNY","confirm":1},"note":"é"}""").ShouldNotBe(first);

        static string Fingerprint(string body) => JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Value!.Fingerprint("secret"u8);
    }

    /// <summary>Random bytes, and JSON with random bytes put into it: the form answers or refuses, and never throws.</summary>
    [Theory]
    [InlineData("""{"note":""}""")]
    [InlineData("""{"note":"  "}""")]
    [InlineData("""{"note":null}""")]
    public void An_optional_text_left_blank_is_absent(string body)
    {
        var form = JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Value!;
        form.OptionalString("note", 10).ShouldBeNull();
        form.IsBlank("note").ShouldBeTrue();
        form.Finish().ShouldBeNull();
    }

    [Fact]
    public void No_input_whatever_throws()
    {
        string[] seeds =
        [
            """{"amount":{"amount":1050,"currency":"CNY"},"text":"ok","colour":"green","to":{"id":"wal_00000000000000000000000000"},"n":3,"b":true,"at":"2026-01-01T00:00:00Z","list":["a"]}""",
            """{"text":"\ud83d\ude00 \u0000 \\ \" 中文","list":[[],{},null,1e9]}""",
        ];
        var mutated =
            from seed in Gen.Elements(seeds)
            from position in Gen.Choose(0, seed.Length)
            from cut in Gen.Choose(0, 12)
            from noise in Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b))
            select (byte[])[.. Encoding.UTF8.GetBytes(seed)[..Math.Min(position, seed.Length)], .. noise, .. Encoding.UTF8.GetBytes(seed).Skip(position + cut)];
        var bytes = Gen.OneOf(mutated, Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b)));
        Prop.ForAll(Arb.From(bytes), body => { ReadEverything(body); }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static void ReadEverything(byte[] body)
    {
        if (JsonForm.Parse(body).Value is not { } form)
        {
            return;
        }

        form.RequiredMoney("amount");
        form.RequiredString("text", 10);
        form.Enum<Colour>("colour");
        form.Object("to")?.RequiredId<WalletId>("id");
        form.RequiredInt("n", 1, 5);
        form.OptionalBool("b");
        form.OptionalTime("at");
        form.Strings("list", 5, 5);
        form.Fingerprint("secret"u8).Length.ShouldBe(64);
        form.Finish();
    }
}
