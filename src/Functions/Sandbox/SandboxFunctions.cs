using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>/sandbox: demo people, their second factor, and what would have been sent to them.</summary>
[SandboxOnly]
public sealed class SandboxFunctions(Seeding seeding, DemoMail mail, SandboxOutbox outbox, DemoCodes codes, DemoRegisters registers)
{
    private const int LeastCustomers = 3;
    private const int LeastMerchants = 2;
    private const int Agents = 2;
    private const int Supervisors = 1;
    private const int Admins = 1;

    [Function("Seed")]
    [Access(Role.Anonymous)]
    [Operation("Make demo people and conversations where they are missing", Request = typeof(SeedRequest), Response = typeof(SeedAnswer))]
    public async Task<IResult> Seed([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/seed")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var customers = People(Role.Customer, form.OptionalInt("customers", LeastCustomers, 500) ?? LeastCustomers);
        var merchants = People(Role.Merchant, form.OptionalInt("merchants", LeastMerchants, 50) ?? LeastMerchants);
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var (agents, supervisors, admins) = (People(Role.Agent, Agents), People(Role.Supervisor, Supervisors), People(Role.Admin, Admins));
        await seeding.MakeAsync([.. customers, .. merchants, .. agents, .. supervisors, .. admins], cancellationToken);
        await registers.EnterAsync(merchants, cancellationToken);
        await mail.TakeAsync(cancellationToken);
        return Answers.Ok(new SeedAnswer(
            customers.ConvertAll(person => new SeededCustomer(person.Name, person.Phone, person.Password, person.AccountId, person.WalletId!.Value)),
            merchants.ConvertAll(person => new SeededMerchant(person.Name, person.AccountId.Value, person.Phone, person.Password, person.AccountId, person.WalletId!.Value)),
            agents.ConvertAll(SeededStaff.Of),
            supervisors.ConvertAll(SeededStaff.Of),
            admins.ConvertAll(SeededStaff.Of)));
    }

    [Function("SandboxTotp")]
    [Access(Role.Anonymous)]
    [Operation("The second-factor code of a demo person that is good now", Query = ["phone"], Response = typeof(CodeAnswer), Codes = ["not_found"])]
    public async Task<IResult> Code([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/totp")] HttpRequest request, CancellationToken cancellationToken) =>
        PhoneNumber.TryParse(request.Query["phone"].ToString(), out var number) && await codes.CurrentAsync(number, cancellationToken) is { } code
            ? Answers.Ok(new CodeAnswer(code))
            : Answers.Problem(request, PlatformErrors.NotFound);

    [Function("SandboxOutbox")]
    [Access(Role.Anonymous)]
    [Operation("SMS and mail that would have gone out", Query = ["to"], Response = typeof(OutboxItem), IsList = true)]
    public async Task<IResult> Outbox([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/outbox")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var to = request.Query["to"].ToString();
        var (items, next) = await outbox.ListAsync(to.Length == 0 ? null : to, page.Value, cancellationToken);
        return Answers.List(items, next);
    }

    private static List<DemoPerson> People(Role role, int count) => Enumerable.Range(1, count).Select(index => new DemoPerson(role, index)).ToList();

    internal sealed record SeedRequest(int? Customers, int? Merchants);

    internal sealed record SeedAnswer(
        IReadOnlyList<SeededCustomer> Customers,
        IReadOnlyList<SeededMerchant> Merchants,
        IReadOnlyList<SeededStaff> Agents,
        IReadOnlyList<SeededStaff> Supervisors,
        IReadOnlyList<SeededStaff> Admins);

    internal sealed record SeededCustomer(string Name, string Phone, string Password, AccountId AccountId, WalletId WalletId);

    internal sealed record SeededMerchant(string Name, string MerchantId, string Phone, string Password, AccountId AccountId, WalletId WalletId);

    internal sealed record SeededStaff(string Name, string Phone, string Password)
    {
        public static SeededStaff Of(DemoPerson person) => new(person.Name, person.Phone, person.Password);
    }

    internal sealed record CodeAnswer(string Code);
}
