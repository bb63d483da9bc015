using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>/v1/me/device-keys: the keys that a fingerprint or a face on the telephone unlocks there.</summary>
public sealed class DeviceKeyFunctions
{
    private const string Route = "POST /v1/me/device-keys";
    private const int LongestKey = 4_000;
    private const int LongestName = 50;

    private readonly DeviceKeys keys;
    private readonly Confirmations confirmations;
    private readonly FreshSignIn signIn;
    private readonly Idempotency idempotency;
    private readonly Secrets secrets;

    public DeviceKeyFunctions(DeviceKeys keys, Confirmations confirmations, FreshSignIn signIn, Idempotency idempotency, Secrets secrets) =>
        (this.keys, this.confirmations, this.signIn, this.idempotency, this.secrets) = (keys, confirmations, signIn, idempotency, secrets);

    /// <summary>A key confirms what moves money, so who binds one must have proved who they are: by signing in just now on a known device, or by <c>confirm</c>.</summary>
    [Function("AddDeviceKey")]
    [Access(Role.Customer)]
    [Operation("Bind a device's P-256 public key: SubjectPublicKeyInfo in base64, or a JWK object. Later than ten minutes after signing in, or from a device that is not known, it needs confirm",
        Request = typeof(AddDeviceKey), Response = typeof(DeviceKeyAnswer), Status = 201, Key = true,
        Codes = ["confirmation_locked", "confirmation_required", "confirmation_wrong", "device_key_limit", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/device-keys")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var publicKey = Ask(form);
        var name = form.OptionalString("name", LongestName);
        var confirm = ConfirmForm.Ask(form);
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var caller = request.Caller();
        return await idempotency.RunAsync(request, Route, form, async operation =>
        {
            var confirmed = confirm is null && await signIn.IsFreshAsync(caller, cancellationToken)
                ? null
                : await confirmations.RequireAsync(caller, confirm, new ConfirmedRequest(Route, form.Fingerprint(secrets.Key("fingerprints")), operation.Key.Value), new("绑定设备密钥", "binding a device's key"), cancellationToken);
            if (confirmed is { } refusal)
            {
                return StoredAnswer.Problem(request, refusal);
            }

            var key = await keys.AddAsync(caller.Account, publicKey!, name, cancellationToken);
            return key.IsOk ? StoredAnswer.Created(DeviceKeyAnswer.Of(key.Value), $"/api/v1/me/device-keys/{key.Value.Id}") : StoredAnswer.Problem(request, key.Error);
        }, cancellationToken);
    }

    [Function("ListDeviceKeys")]
    [Access(Role.Customer)]
    [Operation("The caller's device keys", Response = typeof(DeviceKeyAnswer), IsList = true)]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/device-keys")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (shown, next) = page.Value.Of(await keys.ListAsync(request.Caller().Account, cancellationToken), key => key.Id.Value);
        return Answers.List(shown.Select(DeviceKeyAnswer.Of).ToList(), next);
    }

    [Function("RemoveDeviceKey")]
    [Access(Role.Customer)]
    [Operation("Remove a device key", Status = 204, Codes = ["not_found"])]
    public async Task<IResult> Remove([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/device-keys/{deviceKeyId}")] HttpRequest request, string deviceKeyId, CancellationToken cancellationToken) =>
        Id.TryParse<DeviceKeyId>(deviceKeyId, out var id) && await keys.RemoveAsync(request.Caller().Account, id, cancellationToken)
            ? Answers.NoContent()
            : Answers.Problem(request, PlatformErrors.NotFound);

    private static DevicePublicKey? Ask(JsonForm form)
    {
        DevicePublicKey? key;
        if (form.IsObject("publicKey"))
        {
            var jwk = form.RequiredObject("publicKey");
            key = DevicePublicKey.FromJwk(jwk.RequiredString("kty", 10), jwk.RequiredString("crv", 10), jwk.RequiredString("x", 64), jwk.RequiredString("y", 64));

            // What WebCrypto and others add when they export a public key says nothing that matters here.
            _ = (jwk.OptionalString("use", 10), jwk.OptionalString("alg", 10), jwk.OptionalString("kid", 200), jwk.OptionalBool("ext"), jwk.Strings("key_ops", 10, 20));
        }
        else
        {
            var text = form.RequiredString("publicKey", LongestKey, multiline: true);
            key = text.Length == 0 ? null : DevicePublicKey.FromSpki(text);
        }

        if (key is null)
        {
            form.Fail(FieldErrors.Invalid("publicKey", new("须为 P-256 公钥（SPKI base64 或 JWK）。", "it must be a P-256 public key, as SubjectPublicKeyInfo in base64 or as a JWK.")));
        }

        return key;
    }

    internal sealed record AddDeviceKey(string PublicKey, string? Name, ConfirmForm? Confirm);

    internal sealed record DeviceKeyAnswer(DeviceKeyId DeviceKeyId, string? Name, DateTimeOffset CreatedAt)
    {
        public static DeviceKeyAnswer Of(DeviceKey key) => new(key.Id, key.Name, key.CreatedAt);
    }
}
