using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shouldly;
using WalletFunctions.Domain.Signing;
using Xunit;

namespace WalletFunctions.Domain.Tests.Signing;

public sealed class CompactJwsTests : IDisposable
{
    private const string Type = "thing+jws";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private PublicKey Public => PublicKey.Of(key.ExportParameters(includePrivateParameters: false));

    private PublicKeySet Keys => new([Public]);

    [Fact]
    public void What_was_signed_is_verified_and_comes_back_byte_for_byte()
    {
        var payload = Encoding.UTF8.GetBytes("""{"中文":"😀"}""");
        var check = CompactJws.Check(CompactJws.Sign(key, Public.Kid, Type, payload), Type, Keys);
        (check.Fault, check.KeyId).ShouldBe((JwsFault.None, Public.Kid));
        check.Payload.ShouldBe(payload);
    }

    [Fact]
    public void No_character_can_be_changed_left_out_or_added_unseen()
    {
        var text = CompactJws.Sign(key, Public.Kid, Type, "{\"amount\":1}"u8);
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var other in "AQgw-_.")
            {
                if (other != text[i])
                {
                    Refuse(text[..i] + other + text[(i + 1)..]);
                }
            }

            Refuse(text[..i] + text[(i + 1)..]);
            Refuse(text[..i] + "A" + text[i..]);
        }

        Refuse(text + "\n");
        Refuse(text + "=");
        Refuse("");

        void Refuse(string tampered) => CompactJws.Check(tampered, Type, Keys).Fault.ShouldNotBe(JwsFault.None, tampered);
    }

    [Theory]
    [InlineData("""{"alg":"none","kid":"K","typ":"thing+jws"}""", JwsFault.OtherKind)]
    [InlineData("""{"alg":"HS256","kid":"K","typ":"thing+jws"}""", JwsFault.OtherKind)]
    [InlineData("""{"alg":"ES256","kid":"K","typ":"another+jws"}""", JwsFault.OtherKind)]
    [InlineData("""{"alg":"ES256","kid":"K","typ":"thing+jws","crit":["exp"]}""", JwsFault.OtherKind)]
    [InlineData("""{"alg":"ES256","typ":"thing+jws"}""", JwsFault.KeyUnknown)]
    [InlineData("""{"alg":"ES256","kid":"other","typ":"thing+jws"}""", JwsFault.KeyUnknown)]
    [InlineData("""{"alg":"ES256","alg":"none","kid":"K","typ":"thing+jws"}""", JwsFault.HeaderUnreadable)]
    [InlineData("""[]""", JwsFault.HeaderUnreadable)]
    [InlineData("""{""", JwsFault.HeaderUnreadable)]
    public void A_header_that_asks_for_anything_else_is_refused_even_when_well_signed(string header, JwsFault fault)
    {
        var signed = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.Replace("\"K\"", $"\"{Public.Kid}\"", StringComparison.Ordinal))) + ".e30";
        var text = signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        CompactJws.Check(text, Type, Keys).Fault.ShouldBe(fault);
    }

    [Fact]
    public void Another_key_under_the_same_name_does_not_verify_it()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = CompactJws.Sign(other, Public.Kid, Type, "{}"u8);
        CompactJws.Check(text, Type, Keys).Fault.ShouldBe(JwsFault.SignatureWrong);
        var impostor = PublicKey.Of(other.ExportParameters(false)) with { Kid = Public.Kid };
        CompactJws.Check(text, Type, new PublicKeySet([Public, impostor])).Fault.ShouldBe(JwsFault.None);
        CompactJws.Check(text, Type, new PublicKeySet([Public with { Y = Public.X }])).Fault.ShouldBe(JwsFault.SignatureWrong);
    }

    [Fact]
    public void A_published_set_is_read_back_and_keys_of_other_kinds_are_passed_over()
    {
        var json = JsonSerializer.Serialize(new { keys = new object[] { new { kty = "RSA", n = "x" }, 1, Public } }, JsonSerializerOptions.Web);
        PublicKeySet.Parse(json)!.Keys.ShouldBe([Public]);
        PublicKeySet.Parse("[]").ShouldBeNull();
        PublicKeySet.Parse("{\"keys\":1}").ShouldBeNull();
        PublicKeySet.Parse("<html>").ShouldBeNull();
        PublicKeySet.Parse("""{"keys":[{"kid":"\ud800"}]}""").ShouldBeNull();
    }

    [Fact]
    public void A_key_id_is_the_thumbprint_of_its_key()
    {
        // RFC 7638 gives an RSA example only; this key is the one of RFC 7517, A.1.
        var known = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"),
                Y = Base64Url.DecodeFromChars("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"),
            },
        };
        PublicKey.Of(known).Kid.ShouldBe("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    }

    public void Dispose() => key.Dispose();
}
