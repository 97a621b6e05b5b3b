using System.Reflection;
using System.Text;

namespace WsActors.Documents.Tests;

/// <summary>
/// A project of the Web SDK has usings of ASP.NET Core in every file. With all our namespaces beside them, each of our public types still
/// compiles by its simple name (no CS0104).
/// </summary>
public sealed class NameClashTests
{
    /// <summary>The implicit usings of Microsoft.NET.Sdk.Web that the compiler of these tests does not add already.</summary>
    private static readonly string[] WebUsings =
    [
        "System.Net.Http", "System.Net.Http.Json",
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
    ];

    private static readonly Assembly[] Ours =
    [
        typeof(Ws).Assembly, typeof(Protocol.CloseCode).Assembly, typeof(Hosting.WebSocketsBuilder).Assembly,
        typeof(Microsoft.AspNetCore.Builder.WebSocketActorExtensions).Assembly, typeof(Cluster.WebSocketClusterExtension).Assembly,
        typeof(TestKit.WebSocketTestKit).Assembly,
    ];

    private static IEnumerable<Type> PublicTypes =>
        Ours.SelectMany(static assembly => assembly.GetExportedTypes()).Where(static type => !type.IsNested);

    [Fact]
    public void Each_public_type_has_a_name_of_its_own_in_a_project_of_the_Web_SDK()
    {
        var source = new StringBuilder();
        foreach (var space in WebUsings.Concat(PublicTypes.Select(static type => type.Namespace!)).Distinct())
        {
            source.AppendLine($"using {space};");
        }

        source.AppendLine("public static class All { public static readonly System.Type[] Types = [");
        foreach (var type in PublicTypes)
        {
            source.AppendLine($"typeof({NameOf(type)}),");
        }

        Assert.Equal("", Compiler.ErrorsOf(source.AppendLine("]; }").ToString()));
    }

    private static string NameOf(Type type) =>
        type.IsGenericTypeDefinition ? $"{type.Name.Split('`')[0]}<{new string(',', type.GetGenericArguments().Length - 1)}>" : type.Name;
}
