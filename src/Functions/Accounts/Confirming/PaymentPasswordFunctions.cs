using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>/v1/me/payment-password.</summary>
public sealed class PaymentPasswordFunctions(PaymentPasswords passwords, FreshSignIn signIn)
{
    private const int LongestPassword = 256;

    [Function("SetPaymentPassword")]
    [Access(Role.Customer)]
    [Operation("Set the payment password: six digits, with the sign-in password or the old payment password (for a first one, having signed in within ten minutes will do)",
        Request = typeof(SetPaymentPassword), Status = 204, Codes = ["confirmation_wrong", "confirmation_locked", "payment_password_not_set"])]
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
        if (paymentPassword.Length > 0 && !PaymentPasswords.IsWellFormed(paymentPassword))
        {
            form.Fail(FieldErrors.Invalid("paymentPassword", new("须为六位数字。", "it must be six digits.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var caller = request.Caller();
        return await passwords.SetAsync(caller.Account, paymentPassword, proof, await signIn.IsFreshAsync(caller, cancellationToken), cancellationToken) is { } refusal
            ? Answers.Problem(request, refusal)
            : Answers.NoContent();
    }

    internal sealed record SetPaymentPassword(string PaymentPassword, string? Password, string? OldPaymentPassword);
}
