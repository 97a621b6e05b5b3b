using System.Text;

namespace WsActors.Server.Pages;

/// <summary>Makes a classic script of an ES module, for pages without modules. Pure.</summary>
internal static class ClassicScript
{
    /// <summary>The module in a function of its own, in strict mode as a module is. Its class is a property of <c>globalThis</c>.</summary>
    /// <param name="module">A module in UTF-8 without imports, whose only export is a class.</param>
    /// <param name="name">The name of the class.</param>
    /// <exception cref="InvalidOperationException">The module has another shape.</exception>
    public static byte[] FromModule(ReadOnlySpan<byte> module, string name)
    {
        var export = $"\nexport class {name} ";
        var parts = Encoding.UTF8.GetString(module).Split(export);
        if (parts is not [var before, var after] || (before + after).Contains("\nexport ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The module must export the class {name} and nothing else.");
        }

        return Encoding.UTF8.GetBytes(
            $"(() => {{\n'use strict';\n\n{before}\nclass {name} {after}\nglobalThis.{name} = {name};\n}})();\n");
    }
}
