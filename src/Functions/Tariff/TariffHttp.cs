using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Tariff;

/// <summary>/v1/tariff: what everything costs and how much may move, for anyone.</summary>
public sealed class TariffHttp(TariffReader reader)
{
    [Function("GetTariff")]
    [Access(Role.Anonymous)]
    [Operation("Fees and limits in words and numbers, with what is coming", Response = typeof(TariffAnswer))]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tariff")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(await reader.ReadAsync(request.Caller().Language, cancellationToken));
}

/// <summary>Reads the tariff of this moment.</summary>
public sealed class TariffReader
{
    private readonly IRulebooks rulebooks;
    private readonly TimeProvider clock;

    internal TariffReader(IRulebooks rulebooks, TimeProvider clock) => (this.rulebooks, this.clock) = (rulebooks, clock);

    internal async Task<TariffAnswer> ReadAsync(Language language, CancellationToken cancellationToken) =>
        TariffAnswer.Of(await rulebooks.CurrentAsync(cancellationToken), clock.GetUtcNow(), language);
}
