/* The page's own script. Text from plans and sites comes from the data block and is only ever set as textContent. */
(function () {
  "use strict";

  var data = JSON.parse(document.getElementById("opcheck-data").textContent);
  var makers = {};

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text !== undefined && text !== null) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }

  function popup(item) {
    var box = element("div", null, "popup");
    var name = item.label || item.id || "";
    box.appendChild(element("p", (item.number ? item.number + ". " : "") + name, "popup-name"));
    box.appendChild(element("p", data.words[item.symbol], "popup-role"));
    if (item.layer) { box.appendChild(element("p", item.layer + (item.id ? " · " + item.id : ""))); }
    if (item.anchor) {
      var link = element("a", data.words.open_finding);
      link.setAttribute("href", "#" + item.anchor);
      box.appendChild(link);
    }
    return box;
  }

  function name(path, item) {
    if (item.role !== "site") {
      path.setAttribute("aria-hidden", "true");
      path.setAttribute("tabindex", "-1");
      return;
    }
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", item.label || data.words.site);
  }

  /* Several points of one object make a group of layers. */
  function leaves(layer) {
    return layer.getLayers ? layer.getLayers() : [layer];
  }

  function dress(layer, item) {
    function now() {
      leaves(layer).forEach(function (leaf) {
        var path = leaf.getElement && leaf.getElement();
        if (path) { name(path, item); }
      });
    }
    layer.bindPopup(function () { return popup(item); }, { maxWidth: 280 });
    layer.on("add", now);
    now();
    if (item.role !== "site") { return; }
    leaves(layer).forEach(function (leaf) {
      leaf.getElement().addEventListener("keydown", function (event) {
        if (event.key !== "Enter" && event.key !== " ") { return; }
        event.preventDefault();
        leaf.openPopup();
      });
    });
  }

  /* Give each shape its name and its box, and gather the shapes by symbol, and all in the order of drawing. */
  function shapes(map, items) {
    var found = { all: [] };
    map.eachLayer(function (layer) {
      if (!layer.feature) { return; }
      found.all.push(layer);
      var item = items[layer.feature.properties.i];
      if (!item) { return; }
      (found[item.symbol] = found[item.symbol] || []).push(layer);
      dress(layer, item);
    });
    return found;
  }

  function control(map, className, word) {
    var found = map.getContainer().querySelector(className);
    if (!found) { return; }
    found.setAttribute("title", word);
    found.setAttribute("aria-label", word);
  }

  function switches(figure, map, found) {
    figure.querySelectorAll("[data-symbol]").forEach(function (row) {
      var layers = found[row.getAttribute("data-symbol")];
      if (!layers || row.querySelector("input")) { return; }
      var box = element("input");
      var label = element("label");
      box.type = "checkbox";
      box.checked = true;
      while (row.firstChild) { label.appendChild(row.firstChild); }
      label.insertBefore(box, label.firstChild);
      row.appendChild(label);
      box.addEventListener("change", function () {
        layers.forEach(function (layer) { if (box.checked) { layer.addTo(map); } else { layer.remove(); } });
        found.all.forEach(function (layer) { if (map.hasLayer(layer)) { layer.bringToFront(); } });
      });
    });
  }

  function marks(group, list) {
    list.forEach(function (mark) {
      var icon = L.divIcon({ html: element("span", String(mark.number)), iconSize: [18, 18],
        className: mark.met ? "mark mark-met" : "mark" });
      L.marker(mark.at, { icon: icon, interactive: false, keyboard: false }).addTo(group);
    });
  }

  function labels(group, list) {
    list.forEach(function (label) {
      var icon = L.divIcon({ html: element("span", label.text), iconSize: [0, 0],
        className: "label label-" + label.kind + " label-" + label.anchor });
      L.marker(label.at, { icon: icon, interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(group);
    });
  }

  /* Numbers and names stand where they stand on the drawn map that is nearest in scale: close up, or the overview. */
  function views(map, list) {
    var made = list.map(function (view) {
      var group = L.layerGroup();
      labels(group, view.labels);
      marks(group, view.marks);
      return { group: group, zoom: map.getBoundsZoom(view.corners) };
    });
    function nearest() {
      var zoom = map.getZoom();
      var best = made.reduce(function (one, other) {
        return Math.abs(other.zoom - zoom) < Math.abs(one.zoom - zoom) ? other : one;
      });
      made.forEach(function (one) { if (one !== best) { one.group.remove(); } });
      best.group.addTo(map);
    }
    map.on("zoomend", nearest);
    nearest();
  }

  function show(figure, live) {
    figure.classList.toggle("is-live", live);
    figure.querySelector(".map-switch").textContent = live ? data.words.show_still : data.words.show_live;
  }

  function make(figure) {
    var number = figure.getAttribute("data-map");
    var container = figure.querySelector(".map-live");
    show(figure, true);
    var current = data.maps[number];
    container.style.aspectRatio = String(current.ratio);
    container.style.width = "min(100%, " + (36 * current.ratio) + "rem)";
    var map = makers[number]();
    L.control.zoom({ position: "topright", zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    switches(figure, map, shapes(map, current.items));
    map.fitBounds(current.corners, { animate: false });
    map.setMinZoom(Math.max(map.getZoom() - 1, 0));
    map.setMaxBounds(L.latLngBounds(current.corners).pad(0.5));
    map.fitBounds(current.views[0].corners, { animate: false });
    views(map, current.views);
    map.on("focus", function () { map.scrollWheelZoom.enable(); });
    map.on("blur", function () { map.scrollWheelZoom.disable(); });
    map.on("popupopen", function () { control(map, ".leaflet-popup-close-button", data.words.close_popup); });
    container.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { map.closePopup(); }
    });
    figure.opcheckMap = map;
  }

  /* A map that cannot be made leaves the drawn one in place: nothing on the page depends on it. */
  function open(figure) {
    if (figure.opcheckMap) { show(figure, true); figure.opcheckMap.invalidateSize(); return; }
    try { make(figure); } catch (error) { show(figure, false); }
  }

  function start() {
    document.querySelectorAll("figure[data-map]").forEach(function (figure) {
      var button = figure.querySelector(".map-switch");
      button.hidden = false;
      button.textContent = data.words.show_live;
      button.addEventListener("click", function () {
        if (figure.classList.contains("is-live")) { show(figure, false); } else { open(figure); }
      });
      if (!("IntersectionObserver" in window)) { return; }
      var seen = new IntersectionObserver(function (entries) {
        if (!entries.some(function (entry) { return entry.isIntersecting; })) { return; }
        seen.disconnect();
        open(figure);
      }, { rootMargin: "200px" });
      seen.observe(figure);
    });
  }

  window.opcheck = { maps: makers, start: start };
})();
