# What the plug-ins and the scripts of al-folio do, as far as this fixture uses them.
module Stubs
  # In the style "harvard-cite-them-right".
  class Cite < Liquid::Tag
    def render(_context)
      "(<a class=\"citation\" href=\"#ref-reeds\">Marsh and Fenn, 2020</a>)"
    end
  end

  class Bibliography < Liquid::Tag
    def initialize(tag_name, markup, tokens)
      super
      @is_cited = markup.include?("--cited")
    end

    def render(_context)
      return "" unless @is_cited

      "<h2 class=\"bibliography\">References</h2><ol class=\"bibliography\"><li>Marsh, I. and Fenn, O. (2020) " \
        "“Reeds in the wind”, <i>Journal of Marsh Ecology</i>, 4, pp. 12–19. Available at: " \
        "<a href=\"https://journal.example/reeds\">https://journal.example/reeds</a>.</li></ol>"
    end
  end

  class Notebook < Liquid::Tag
    def render(_context)
      "<div class=\"jupyter-notebook\"></div>"
    end
  end

  class Details < Liquid::Block
    def initialize(tag_name, markup, tokens)
      super
      @caption = markup.strip
    end

    def render(context)
      converter = context.registers[:site].find_converter_instance(Jekyll::Converters::Markdown)
      "<details><summary>#{@caption}</summary>#{converter.convert(super)}</details>"
    end
  end

  class Tabs < Liquid::Block
    def render(context)
      "<div class=\"tabs\">#{super}</div>"
    end
  end

  class Tab < Liquid::Block
    def initialize(tag_name, markup, tokens)
      super
      @label = markup.split[1..].join(" ")
    end

    def render(context)
      converter = context.registers[:site].find_converter_instance(Jekyll::Converters::Markdown)
      "<div><strong>#{@label}</strong>#{converter.convert(super)}</div>"
    end
  end
end

Liquid::Template.register_tag("cite", Stubs::Cite)
Liquid::Template.register_tag("bibliography", Stubs::Bibliography)
Liquid::Template.register_tag("jupyter_notebook", Stubs::Notebook)
Liquid::Template.register_tag("details", Stubs::Details)
Liquid::Template.register_tag("tabs", Stubs::Tabs)
Liquid::Template.register_tag("tab", Stubs::Tab)

# Those of jemoji.
EMOJI = { "wave" => "👋", "sparkles" => "✨" }.freeze

Jekyll::Hooks.register %i[posts pages documents], :post_render do |item|
  item.output = item.output.gsub(/:(\w+):/) { EMOJI.fetch(Regexp.last_match(1), Regexp.last_match(0)) }
end

# Distill's script moves notes and cited works to the end, and makes code of <d-code>.
Jekyll::Hooks.register :posts, :post_render do |post|
  notes = []
  post.output = post.output.gsub(%r{<d-footnote>(.*?)</d-footnote>}m) do
    notes << Regexp.last_match(1)
    "<sup><a href=\"#fn:#{notes.length}\" class=\"footnote\">#{notes.length}</a></sup>"
  end
  post.output.gsub!(%r{<d-code block(?:="")? language="(\w+)">(.*?)</d-code>}m, "<pre><code>\\2</code></pre>")
  post.output.gsub!(%r{<d-code language="\w+">(.*?)</d-code>}m, "<code>\\1</code>")
  cites = post.output.gsub!(%r{<d-cite key="gale2015gusts"(?: locator="")?></d-cite>}) do
    "(<a href=\"#ref-gale2015gusts\">Gale, 2015</a>)"
  end
  appendix = +""
  unless notes.empty?
    list = notes.map.with_index(1) { |note, index| "<li id=\"fn:#{index}\"><p>#{note}</p></li>" }
    appendix << "<div class=\"footnotes\"><ol>#{list.join}</ol></div>"
  end
  if cites
    appendix << "<h2>References</h2><ol><li>Gale, R. (2015) “Gusts and their causes”, <i>Weather Letters</i>.</li></ol>"
  end
  post.output.sub!("</article>", "#{appendix}</article>")
end
