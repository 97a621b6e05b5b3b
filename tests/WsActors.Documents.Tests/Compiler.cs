using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WsActors.Documents.Tests;

/// <summary>Compiles code of documents against the libraries that this test was built with.</summary>
internal static class Compiler
{
    /// <summary>The implicit usings of a console project, which documents take for granted.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => !path.EndsWith("WsActors.Documents.Tests.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The source generator of System.Text.Json, which the build copies.</summary>
    private static readonly ISourceGenerator JsonGenerator = ((IIncrementalGenerator)Activator.CreateInstance(
        Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "generators", "System.Text.Json.SourceGeneration.dll"))
            .GetTypes()
            .Single(static type => type.IsAssignableTo(typeof(IIncrementalGenerator))))!).AsSourceGenerator();

    /// <summary>Errors of a compilation, one a line; empty where it compiles. Top-level statements make it a program.</summary>
    public static string ErrorsOf(params string[] sources) => string.Join(
        '\n',
        Compile(sources.Any(IsProgram) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, sources)
            .GetDiagnostics()
            .Where(static found => found.Severity == DiagnosticSeverity.Error));

    /// <summary>Compiles a library and loads it.</summary>
    public static Assembly Load(params string[] sources)
    {
        using var bytes = new MemoryStream();
        Emit(Compile(OutputKind.DynamicallyLinkedLibrary, sources), bytes);
        return Assembly.Load(bytes.ToArray());
    }

    /// <summary>Compiles a program into a file.</summary>
    public static void Write(string file, params string[] sources)
    {
        using var bytes = File.Create(file);
        Emit(Compile(OutputKind.ConsoleApplication, sources), bytes);
    }

    private static bool IsProgram(string source) =>
        CSharpSyntaxTree.ParseText(source, Language).GetCompilationUnitRoot().Members.Any(static member => member is GlobalStatementSyntax);

    private static void Emit(Compilation compilation, Stream bytes)
    {
        var result = compilation.Emit(bytes);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }

    private static Compilation Compile(OutputKind kind, string[] sources)
    {
        var compilation = CSharpCompilation.Create(
            $"document-{Guid.NewGuid():N}",
            sources.Append(ImplicitUsings).Select(static source => CSharpSyntaxTree.ParseText(source, Language)),
            References,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([JsonGenerator], parseOptions: Language)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return generated;
    }
}
