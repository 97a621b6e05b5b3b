using BenchmarkDotNet.Running;
using WsActors.Benchmarks;

// dotnet run -c Release --project tests/WsActors.Benchmarks -- --filter '*' --job short     the protocol core, by BenchmarkDotNet
// dotnet run -c Release --project tests/WsActors.Benchmarks -- --help                       the program beside Kestrel
if (Commands.Understands(args))
{
    return await Commands.RunAsync(args);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
