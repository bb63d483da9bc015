using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using WalletFunctions;

FunctionsApplication.CreateBuilder(args).AddWallet().Build().Run();
