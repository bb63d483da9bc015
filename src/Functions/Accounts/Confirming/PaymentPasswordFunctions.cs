using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>/v1/me/payment-password.</summary>
public sealed class PaymentPasswordFunctions(PaymentPasswords passwords, Confirmations confirmations, FreshSignIn signIn, KnownDevice device, SecurityNews news, Secrets secrets)
{
    private const string Route = "PUT /v1/me/payment-password";
    private const int LongestPassword = 256;

    [Function("SetPaymentPassword")]
    [Access(Role.Customer)]
    [Operation("Set the payment password: six digits, with the old payment password, confirm or, on a known device, the sign-in password (for a first one, having signed in there within ten minutes will do)",
        Request = typeof(SetPaymentPassword), Status = 204,
        Codes = ["confirmation_locked", "confirmation_required", "confirmation_wrong", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> Set([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/me/payment-password")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var paymentPassword = form.RequiredString("paymentPassword", LongestPassword);
        var proof = new PaymentPasswordProof(form.OptionalString("password", LongestPassword), form.OptionalString("oldPaymentPassword", LongestPassword));
        var confirm = ConfirmForm.Ask(form);
        if (paymentPassword.Length > 0 && !PaymentPasswords.IsWellFormed(paymentPassword))
        {
            form.Fail(FieldErrors.Invalid("paymentPassword", new("须为六位数字。", "it must be six digits.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var caller = request.Caller();
        var refusal = await RequireAsync(caller, form, proof, confirm, cancellationToken);
        if (refusal is null)
        {
            var occasion = await passwords.SetAsync(caller.Account, paymentPassword, cancellationToken);
            await news.TellAsync(caller.Account, $"payment-password:{occasion}", SecurityWords.PaymentPassword, cancellationToken);
        }

        return refusal is null ? Answers.NoContent() : Answers.Problem(request, refusal);
    }

    /// <summary>Asks for the proof that the caller's device leaves open.</summary>
    private async Task<DomainError?> RequireAsync(Caller caller, JsonForm form, PaymentPasswordProof proof, ConfirmForm? confirm, CancellationToken cancellationToken)
    {
        if (confirm is null && (proof.OldPaymentPassword is not null || await device.IsKnownAsync(caller, cancellationToken)))
        {
            return await passwords.CheckAsync(caller.Account, proof, await signIn.IsFreshAsync(caller, cancellationToken), cancellationToken);
        }

        // The route has no idempotency key, and needs none: the same request sets the same password.
        var confirmed = new ConfirmedRequest(Route, form.Fingerprint(secrets.Key("fingerprints")), Route);
        return await confirmations.RequireAsync(caller, confirm, confirmed, new("设置支付密码", "setting the payment password"), cancellationToken);
    }

    internal sealed record SetPaymentPassword(string PaymentPassword, string? Password, string? OldPaymentPassword, ConfirmForm? Confirm);
}
