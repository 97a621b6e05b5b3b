using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/WsActors.Benchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
