using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

internal static class FilesSetup
{
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [UploadedFiles.TableName], containers: [UploadedFiles.ContainerName]);
        services.AddSingleton(provider => new UploadedFiles(provider.GetRequiredService<Storage>()));
        return services;
    }
}
