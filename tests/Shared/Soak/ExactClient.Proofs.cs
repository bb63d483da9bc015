using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Soak;

/// <content>How its owners prove that a move is theirs: with a password, a code from a short message, or their telephone's key.</content>
internal sealed partial class ExactClient
{
    private async Task BindKeyAsync(Owner owner)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bound = owner.Caller.Must(await owner.Caller.AskAsync(
            "POST", "v1/me/device-keys", SoakCaller.Json(new { publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) }), $"{name}-{owner.AccountId}-key"), 201);
        owner.DeviceKey = (bound.Member("deviceKeyId")!, key);
    }

    /// <summary>Any proof that the customer was offered for this challenge.</summary>
    private async Task<object> ProofAsync(Owner owner, SoakAnswer asked)
    {
        var challengeId = asked.Member("challengeId")!;
        var offered = asked.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!).ToList();
        var method = offered[random.Next(offered.Count)];
        round.Report.Add("proof by " + method, null);
        return method switch
        {
            "payment_password" => new { paymentPassword = PaymentPassword },
            "otp" => new { challengeId, otp = await CodeAsync(owner) },
            "device_key" => new { deviceKeyId = owner.DeviceKey.Id, challengeId, signature = Convert.ToBase64String(owner.DeviceKey.Key.SignData(Encoding.UTF8.GetBytes(challengeId), HashAlgorithmName.SHA256)) },
            _ => throw new SoakFailure($"{name}, operation {operation}: a way to confirm that nobody knows: {method}"),
        };
    }

    /// <summary>The newest code that came to the owner's telephone: nobody else asks for one.</summary>
    private Task<string> CodeAsync(Owner owner) => UntilAsync($"a code comes to {owner.Caller.Name}", async () => (await round.Operator.ReadAsync($"sandbox/outbox?to={Uri.EscapeDataString(owner.Phone)}"))
        .Json.GetProperty("items").EnumerateArray().Where(item => item.TryGetProperty("code", out _)).Select(item => item.GetProperty("code").GetString()).FirstOrDefault(code => code is not null));
}
